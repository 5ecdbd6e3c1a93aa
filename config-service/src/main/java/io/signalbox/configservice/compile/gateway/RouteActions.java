package io.signalbox.configservice.compile.gateway;

import io.signalbox.config.v1.CorsPolicy;
import io.signalbox.config.v1.DirectResponseAction;
import io.signalbox.config.v1.ForwardAction;
import io.signalbox.config.v1.Mirror;
import io.signalbox.config.v1.OriginMatch;
import io.signalbox.config.v1.RedirectAction;
import io.signalbox.config.v1.RetryCondition;
import io.signalbox.config.v1.RetryPolicy;
import io.signalbox.config.v1.Rewrite;
import io.signalbox.config.v1.Route;
import io.signalbox.config.v1.WeightedBackend;
import io.signalbox.configservice.compile.backends.Destinations;
import io.signalbox.configservice.compile.policy.Policies;
import io.signalbox.configservice.compile.rules.HeaderChanges;
import io.signalbox.configservice.compile.rules.RetryPolicies;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.RouteFilter;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a rule of an HTTPRoute or GRPCRoute does with a request. */
final class RouteActions {
    private static final int FAILED = 500;

    private final References references;
    private final Destinations destinations;

    RouteActions(References references, Destinations destinations) {
        this.references = references;
        this.destinations = destinations;
    }

    /** The route of a rule, without conditions and reference. */
    Route.Builder route(
            ObjectRef owner,
            List<RouteFilter> filters,
            List<HttpRoute.Backend> backends,
            HttpRoute.Timeouts timeouts,
            HttpRoute.@Nullable Retry retry) {
        Route.Builder route = Route.newBuilder();
        HeaderChanges request = HeaderChanges.NONE;
        HeaderChanges response = HeaderChanges.NONE;
        Rewrite.Builder rewrite = Rewrite.newBuilder();
        ForwardAction.Builder forward = ForwardAction.newBuilder();
        for (RouteFilter filter : filters) {
            switch (filter) {
                case RouteFilter.RequestHeaders(var operations) -> request = HeaderChanges.of(operations);
                case RouteFilter.ResponseHeaders(var operations) -> response = HeaderChanges.of(operations);
                case RouteFilter.RequestMirror mirror -> {
                    int perMillion = Policies.perMillion(mirror.percentage());
                    if (perMillion > 0) {
                        forward.addMirrors(Mirror.newBuilder()
                                .setDestination(references.to(mirror.backend(), owner, destinations))
                                .setPerMillion(perMillion));
                    }
                }
                case RouteFilter.RequestRedirect redirect -> route.setRedirect(redirect(redirect));
                case RouteFilter.UrlRewrite url -> {
                    rewrite.setAuthority(url.hostname());
                    switch (url.path()) {
                        case RouteFilter.PathModifier.ReplaceFullPath(String value) -> rewrite.setFullPath(value);
                        case RouteFilter.PathModifier.ReplacePrefixMatch(String value) -> rewrite.setPrefix(value);
                        case null -> {}
                    }
                }
                case RouteFilter.Cors cors -> route.setCors(cors(cors));
                case RouteFilter.Unsupported _ -> {
                    return failed();
                }
            }
        }
        if (!route.hasRedirect()) {
            if (backends.stream().noneMatch(backend -> isUsable(backend, owner))) {
                return failed();
            }
            if (backends.size() == 1) {
                HttpRoute.Backend only = backends.getFirst();
                forward.addBackends(references.to(only.ref(), owner, destinations));
                request = HeaderChanges.folded(request, changes(only.filters(), true));
                response = HeaderChanges.folded(response, changes(only.filters(), false));
            } else {
                backends.forEach(backend -> forward.addBackends(weighted(backend, owner)));
            }
            if (rewrite.getAuthority().isEmpty()) {
                rewrite.setAuthority(request.host());
            }
            if (rewrite.build().getSerializedSize() > 0) {
                forward.setRewrite(rewrite);
            }
            forward.setTimeoutMillis(Policies.millis(timeouts.request()));
            RetryPolicy policy = retry(retry, Policies.millis(timeouts.backendRequest()));
            if (policy != null) {
                forward.setRetry(policy);
            }
            route.setForward(forward);
        }
        if (request.hasOperations()) {
            route.setRequestHeaders(request.operations());
        }
        if (response.hasOperations()) {
            route.setResponseHeaders(response.operations());
        }
        return route;
    }

    /** The standard's answer where a rule has no backend that could be used. */
    private static Route.Builder failed() {
        return Route.newBuilder()
                .setDirectResponse(DirectResponseAction.newBuilder().setStatus(FAILED));
    }

    private boolean isUsable(HttpRoute.Backend backend, ObjectRef owner) {
        return backend.ref().weight() > 0 && references.problem(backend.ref(), owner) == null;
    }

    private WeightedBackend.Builder weighted(HttpRoute.Backend backend, ObjectRef owner) {
        WeightedBackend.Builder weighted = references.to(backend.ref(), owner, destinations);
        HeaderChanges request = changes(backend.filters(), true);
        HeaderChanges response = changes(backend.filters(), false);
        if (request.hasOperations()) {
            weighted.setRequestHeaders(request.operations());
        }
        if (response.hasOperations()) {
            weighted.setResponseHeaders(response.operations());
        }
        return weighted;
    }

    private static HeaderChanges changes(List<RouteFilter> filters, boolean request) {
        for (RouteFilter filter : filters) {
            if (request && filter instanceof RouteFilter.RequestHeaders(var operations)) {
                return HeaderChanges.of(operations);
            }
            if (!request && filter instanceof RouteFilter.ResponseHeaders(var operations)) {
                return HeaderChanges.of(operations);
            }
        }
        return HeaderChanges.NONE;
    }

    private static RedirectAction redirect(RouteFilter.RequestRedirect declared) {
        RedirectAction.Builder redirect = RedirectAction.newBuilder()
                .setStatus(declared.statusCode())
                .setScheme(declared.scheme())
                .setAuthority(declared.hostname());
        switch (declared.path()) {
            case RouteFilter.PathModifier.ReplaceFullPath(String value) -> redirect.setPath(value);
            case RouteFilter.PathModifier.ReplacePrefixMatch(String value) -> redirect.setPrefix(value);
            case null -> {}
        }
        if (declared.port() != 0) {
            redirect.setPort(declared.port());
        } else if (declared.scheme().isEmpty()) {
            redirect.setDerivePort(true);
        } else {
            redirect.setPort(declared.scheme().equals("https") ? 443 : 80);
        }
        return redirect.build();
    }

    private static @Nullable RetryPolicy retry(HttpRoute.@Nullable Retry declared, int perTryMillis) {
        RetryPolicy.Builder policy = RetryPolicies.DEFAULT.toBuilder().setPerTryTimeoutMillis(perTryMillis);
        if (declared == null) {
            return policy.build();
        }
        if (declared.attempts() != null && declared.attempts() <= 0) {
            return null;
        }
        if (declared.attempts() != null) {
            policy.setAttempts(declared.attempts());
        }
        policy.setBackoffBaseMillis(Policies.millis(declared.backoff()));
        if (!declared.codes().isEmpty()) {
            TreeSet<Integer> codes = new TreeSet<>(declared.codes());
            policy.addAllStatusCodes(codes)
                    .setRetryOn(policy.getRetryOn() + ","
                            + codes.stream().map(String::valueOf).collect(Collectors.joining(",")));
            if (!policy.getConditionsList().contains(RetryCondition.RETRY_CONDITION_RETRIABLE_STATUS_CODES)) {
                policy.addConditions(RetryCondition.RETRY_CONDITION_RETRIABLE_STATUS_CODES);
            }
        }
        return policy.build();
    }

    private static CorsPolicy cors(RouteFilter.Cors declared) {
        CorsPolicy.Builder cors = CorsPolicy.newBuilder()
                .setAllowMethods(String.join(",", declared.allowMethods()))
                .setAllowHeaders(String.join(",", declared.allowHeaders()))
                .setExposeHeaders(String.join(",", declared.exposeHeaders()))
                .setAllowCredentials(declared.allowCredentials())
                .setMaxAgeSeconds((int) declared.maxAge().toSeconds());
        for (String origin : declared.allowOrigins()) {
            int star = origin.indexOf('*');
            if (origin.equals("*")) {
                cors.addAllowOrigins(OriginMatch.newBuilder().setPrefix(""));
            } else if (star < 0) {
                cors.addAllowOrigins(OriginMatch.newBuilder().setExact(origin));
            } else {
                cors.addAllowOrigins(OriginMatch.newBuilder()
                        .setRegex("\\Q" + origin.substring(0, star) + "\\E.+\\Q" + origin.substring(star + 1) + "\\E"));
            }
        }
        return cors.build();
    }
}
