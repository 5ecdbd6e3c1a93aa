package io.signalbox.configservice.compile.rules;

import com.google.protobuf.ByteString;
import io.signalbox.config.v1.CorsPolicy;
import io.signalbox.config.v1.DirectResponseAction;
import io.signalbox.config.v1.Fault;
import io.signalbox.config.v1.ForwardAction;
import io.signalbox.config.v1.Mirror;
import io.signalbox.config.v1.OriginMatch;
import io.signalbox.config.v1.RedirectAction;
import io.signalbox.config.v1.RegexRewrite;
import io.signalbox.config.v1.RequestMatch;
import io.signalbox.config.v1.RetryPolicy;
import io.signalbox.config.v1.Rewrite;
import io.signalbox.config.v1.Route;
import io.signalbox.config.v1.RuleRef;
import io.signalbox.config.v1.WeightedBackend;
import io.signalbox.configservice.compile.backends.Destinations;
import io.signalbox.configservice.compile.hosts.Hosts;
import io.signalbox.configservice.compile.policy.Policies;
import io.signalbox.configservice.registry.Destination;
import io.signalbox.configservice.registry.GrpcStatus;
import io.signalbox.configservice.registry.HttpRedirect;
import io.signalbox.configservice.registry.HttpRewrite;
import io.signalbox.configservice.registry.RouteDestination;
import io.signalbox.configservice.registry.StringMatch;
import io.signalbox.configservice.registry.VirtualService;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns rules for HTTP into routes, with every default filled in. */
public final class HttpRoutes {
    private HttpRoutes() {}

    /** The route of a service that no rule is for: to itself. */
    public static Route toItself(WeightedBackend.Builder itself) {
        return Route.newBuilder()
                .setForward(ForwardAction.newBuilder().addBackends(itself).setRetry(RetryPolicies.DEFAULT))
                .build();
    }

    /**
     * The route of a rule; null when nothing of it can hold for callers of the namespace.
     *
     * @param step its owner's namespace is that of short host names
     */
    static @Nullable Route of(HttpStep step, String callerNamespace, Destinations destinations) {
        VirtualService.HttpRule rule = step.rule();
        List<RequestMatch> matches = new ArrayList<>();
        for (var match : rule.match()) {
            if (Matches.canHoldForHttp(match.caller(), destinations.dialledPort(), callerNamespace)) {
                matches.add(Matches.of(match));
            }
        }
        if (matches.isEmpty() && !rule.match().isEmpty()) {
            return null;
        }
        Route.Builder route = Route.newBuilder()
                .setRule(RuleRef.newBuilder()
                        .setKind(step.owner().kind())
                        .setNamespace(step.owner().namespace())
                        .setName(step.owner().name())
                        .setRoute(rule.name())
                        .setIndex(step.index()));
        HeaderChanges request = HeaderChanges.of(rule.headers().request());
        HeaderChanges response = HeaderChanges.of(rule.headers().response());
        boolean replacesPrefix = false;
        if (rule.redirect() != null) {
            route.setRedirect(redirect(rule.redirect()));
            replacesPrefix = !rule.redirect().prefixRewrite().isEmpty();
        } else if (rule.directResponse() != null) {
            route.setDirectResponse(directResponse(rule.directResponse()));
        } else if (!rule.route().isEmpty()) {
            ForwardAction.Builder forward = ForwardAction.newBuilder();
            if (rule.route().size() == 1) {
                RouteDestination only = rule.route().getFirst();
                forward.addBackends(to(only.destination(), step, destinations));
                request = HeaderChanges.folded(
                        request, HeaderChanges.of(only.headers().request()));
                response = HeaderChanges.folded(
                        response, HeaderChanges.of(only.headers().response()));
            } else {
                for (RouteDestination destination : rule.route()) {
                    forward.addBackends(weighted(destination, step, destinations));
                }
            }
            complete(forward, rule, request.host(), step, destinations);
            replacesPrefix = rule.rewrite() != null && !rule.rewrite().uri().isEmpty();
            route.setForward(forward);
        } else {
            return null;
        }
        if (replacesPrefix) {
            matches = matches.isEmpty()
                    ? List.of(Matches.withPath(RequestMatch.getDefaultInstance()))
                    : matches.stream().map(Matches::withPath).toList();
        }
        addPolicies(route, rule, request, response);
        return route.addAllMatches(matches).build();
    }

    private static void addPolicies(
            Route.Builder route, VirtualService.HttpRule rule, HeaderChanges request, HeaderChanges response) {
        if (request.hasOperations()) {
            route.setRequestHeaders(request.operations());
        }
        if (response.hasOperations()) {
            route.setResponseHeaders(response.operations());
        }
        if (rule.fault() != null) {
            Fault fault = fault(rule.fault());
            if (fault.getSerializedSize() > 0) {
                route.setFault(fault);
            }
        }
        if (rule.corsPolicy() != null) {
            route.setCors(cors(rule.corsPolicy()));
        }
    }

    private static void complete(
            ForwardAction.Builder forward,
            VirtualService.HttpRule rule,
            String host,
            HttpStep step,
            Destinations destinations) {
        Rewrite.Builder rewrite = rewrite(rule.rewrite());
        if (rewrite.getAuthority().isEmpty()) {
            rewrite.setAuthority(host);
        }
        if (rewrite.build().getSerializedSize() > 0) {
            forward.setRewrite(rewrite);
        }
        forward.setTimeoutMillis(Policies.millis(rule.timeout()));
        RetryPolicy retry = RetryPolicies.of(rule.retries(), forward.getTimeoutMillis());
        if (retry != null) {
            forward.setRetry(retry);
        }
        for (VirtualService.Mirror mirror : rule.mirrors()) {
            int perMillion = Policies.perMillion(mirror.percentage());
            if (perMillion > 0) {
                forward.addMirrors(Mirror.newBuilder()
                        .setDestination(to(mirror.destination(), step, destinations))
                        .setPerMillion(perMillion));
            }
        }
    }

    private static WeightedBackend.Builder to(Destination destination, HttpStep step, Destinations destinations) {
        String host = Hosts.full(
                destination.host(),
                step.owner().namespace(),
                destinations.services().clusterDomain());
        return destinations.to(host, destination.port(), destination.subset());
    }

    private static WeightedBackend.Builder weighted(
            RouteDestination destination, HttpStep step, Destinations destinations) {
        WeightedBackend.Builder weighted =
                to(destination.destination(), step, destinations).setWeight(destination.weight());
        HeaderChanges request = HeaderChanges.of(destination.headers().request());
        HeaderChanges response = HeaderChanges.of(destination.headers().response());
        if (request.withHost().getSerializedSize() > 0) {
            weighted.setRequestHeaders(request.withHost());
        }
        if (response.hasOperations()) {
            weighted.setResponseHeaders(response.operations());
        }
        return weighted;
    }

    private static Rewrite.Builder rewrite(@Nullable HttpRewrite declared) {
        Rewrite.Builder rewrite = Rewrite.newBuilder();
        if (declared != null) {
            rewrite.setAuthority(declared.authority());
            HttpRewrite.RegexRewrite regex = declared.uriRegex();
            if (regex != null) {
                rewrite.setRegex(
                        RegexRewrite.newBuilder().setPattern(regex.match()).setSubstitution(regex.rewrite()));
            } else if (!declared.uri().isEmpty()) {
                rewrite.setPrefix(declared.uri());
            }
        }
        return rewrite;
    }

    private static RedirectAction redirect(HttpRedirect declared) {
        RedirectAction.Builder redirect = RedirectAction.newBuilder()
                .setStatus(declared.redirectCode() == 0 ? 301 : declared.redirectCode())
                .setAuthority(declared.authority())
                .setScheme(declared.scheme());
        if (!declared.uri().isEmpty()) {
            redirect.setPath(declared.uri());
        } else if (!declared.prefixRewrite().isEmpty()) {
            redirect.setPrefix(declared.prefixRewrite());
        }
        switch (declared.port()) {
            case HttpRedirect.Port.Unchanged _ -> {}
            case HttpRedirect.Port.Fixed(int number) -> redirect.setPort(number);
            case HttpRedirect.Port.ProtocolDefault _ ->
                redirect.setPort(declared.scheme().equals("https") ? 443 : 80);
            case HttpRedirect.Port.OfRequest _ -> redirect.setDerivePort(true);
        }
        return redirect.build();
    }

    private static DirectResponseAction directResponse(VirtualService.DirectResponse declared) {
        ByteString body = switch (declared.body()) {
            case null -> ByteString.EMPTY;
            case VirtualService.Body.Text(String text) -> ByteString.copyFrom(text, StandardCharsets.UTF_8);
            case VirtualService.Body.Base64(String text) ->
                ByteString.copyFrom(Base64.getMimeDecoder().decode(text));
        };
        return DirectResponseAction.newBuilder()
                .setStatus(declared.status())
                .setBody(body)
                .build();
    }

    private static Fault fault(io.signalbox.configservice.registry.Fault declared) {
        Fault.Builder fault = Fault.newBuilder();
        var delay = declared.delay();
        if (delay != null && Policies.perMillion(delay.percentage()) > 0) {
            fault.setDelayMillis(Policies.millis(delay.fixedDelay()))
                    .setDelayPerMillion(Policies.perMillion(delay.percentage()));
        }
        var abort = declared.abort();
        if (abort != null && Policies.perMillion(abort.percentage()) > 0) {
            fault.setAbortPerMillion(Policies.perMillion(abort.percentage()));
            switch (abort.status()) {
                case io.signalbox.configservice.registry.Fault.Status.Http(int status) ->
                    fault.setAbortHttpStatus(status);
                case io.signalbox.configservice.registry.Fault.Status.Grpc(String status) ->
                    GrpcStatus.code(status).ifPresent(fault::setAbortGrpcStatus);
            }
        }
        return fault.build();
    }

    private static CorsPolicy cors(io.signalbox.configservice.registry.CorsPolicy declared) {
        CorsPolicy.Builder cors = CorsPolicy.newBuilder()
                .setAllowMethods(String.join(",", declared.allowMethods()))
                .setAllowHeaders(String.join(",", declared.allowHeaders()))
                .setExposeHeaders(String.join(",", declared.exposeHeaders()))
                .setAllowCredentials(Boolean.TRUE.equals(declared.allowCredentials()))
                .setForwardUnmatchedPreflights(declared.unmatchedPreflights()
                        != io.signalbox.configservice.registry.CorsPolicy.UnmatchedPreflights.IGNORE);
        if (declared.maxAge() != null) {
            cors.setMaxAgeSeconds((int) declared.maxAge().toSeconds());
        }
        for (StringMatch origin : declared.allowOrigins()) {
            cors.addAllowOrigins(
                    switch (origin) {
                        case StringMatch.Exact(String value) ->
                            OriginMatch.newBuilder().setExact(value);
                        case StringMatch.Prefix(String value) ->
                            OriginMatch.newBuilder().setPrefix(value);
                        case StringMatch.Regex(String value) ->
                            OriginMatch.newBuilder().setRegex(value);
                        case StringMatch.Present _ -> OriginMatch.newBuilder().setPrefix("");
                    });
        }
        return cors.build();
    }
}
