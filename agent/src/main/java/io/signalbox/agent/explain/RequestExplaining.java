package io.signalbox.agent.explain;

import io.signalbox.agent.explain.BackendAnswer.Choice;
import io.signalbox.agent.model.CorsPolicy;
import io.signalbox.agent.model.Fault;
import io.signalbox.agent.model.HeaderOperations;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.Rewrite;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.policy.Cors;
import io.signalbox.agent.policy.Draw;
import io.signalbox.agent.policy.GrpcStatus;
import io.signalbox.agent.policy.HeaderChanges;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.policy.Redirects;
import io.signalbox.agent.policy.Rewrites;
import io.signalbox.agent.routing.PreparedFrontend;
import io.signalbox.agent.routing.PreparedMirror;
import io.signalbox.agent.routing.PreparedVirtualHost;
import io.signalbox.agent.routing.RequestDecision;
import io.signalbox.agent.routing.RouteMatch;
import io.signalbox.agent.routing.Router;
import io.signalbox.config.v1.ExplainedRequest;
import io.signalbox.config.v1.ExplainedResponse;
import io.signalbox.config.v1.Explanation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers a question about a request on a connection that takes HTTP, in the order in which the dataplane decides. */
final class RequestExplaining {
    private static final int NAMESPACES_TOLD = 5;

    private final Question question;
    private final Router router;
    private final QueryRequest request;
    private final Explanation.Builder answer;
    private final List<String> steps;

    RequestExplaining(Question question, Router router, Explanation.Builder answer, List<String> steps) {
        this.question = question;
        this.router = router;
        this.request = new QueryRequest(question);
        this.answer = answer;
        this.steps = steps;
    }

    void explain() {
        if (request.authority().isEmpty()) {
            Explaining.setUnmatched(answer);
            answer.setOutcome("reject");
            respond(LocalReply.badRequest("no Host"));
            steps.add("The request bears no Host, so it is answered 400.");
            return;
        }
        RequestDecision decision = router.request(request);
        PreparedVirtualHost host = decision.virtualHost();
        if (host == null) {
            unmatched(decision);
            return;
        }
        tellHost(host);
        if (request.isNormalized()) {
            steps.add("The path is normalised to '" + request.pathAndQuery() + "'.");
        }
        RouteMatch match = decision.match();
        new RouteSteps(new Conditions(request, question.caller()), steps).tell(host, match);
        if (match == null) {
            answer.setOutcome("reject");
            respond(LocalReply.NO_ROUTE);
            steps.add("There is no second choice once a Host is known: the request is answered 404.");
        } else {
            Explaining.setRule(answer, match.route().rule());
            follow(match, match.route().route(), host.service());
        }
    }

    // ---- Host -----------------------------------------------------------------------------------------------------

    private void tellHost(PreparedVirtualHost host) {
        PreparedFrontend frontend = router.addressFrontend();
        PreparedVirtualHost claimed = router.claimedBy(request.authority());
        boolean isByAddress = frontend != null
                && frontend.takesHttp()
                && (frontend.cidr().prefixLength() > 0 || pattern(host.virtualHost()) == null);
        String match = frontend != null && isByAddress ? frontend.match().name().toLowerCase(Locale.ROOT) : "host";
        Explaining.setFrontend(answer, match, host.service(), question);
        if (isByAddress) {
            steps.add("The bytes are HTTP, and at this address every Host means " + host.service() + ".");
        } else {
            HostPattern pattern = pattern(claimed == null ? host.virtualHost() : claimed.virtualHost());
            steps.add("Host '" + request.authority() + "' means " + host.service()
                    + (pattern == null ? "" : " by its name '" + pattern.pattern() + "'" + audience(pattern)) + ".");
        }
        if (claimed != null && !claimed.equals(host)) {
            steps.add("Every rule there is for callers with other labels, so what stands in for it decides.");
        }
    }

    private static String audience(HostPattern pattern) {
        String namespace = pattern.audience().namespace();
        return namespace.isEmpty() ? "" : " for callers in namespace " + namespace;
    }

    private @Nullable HostPattern pattern(VirtualHost host) {
        String name = name();
        HostPattern found = null;
        for (HostPattern pattern : host.hosts()) {
            String namespace = pattern.audience().namespace();
            boolean isSeen = pattern.audience().scope().equals(question.caller().scope())
                    && (namespace.isEmpty()
                            || namespace.equals(question.caller().namespace()));
            if (isSeen && fits(pattern.pattern(), name) && (found == null || isBetter(pattern, found))) {
                found = pattern;
            }
        }
        return found;
    }

    private static boolean isBetter(HostPattern pattern, HostPattern found) {
        boolean isExact = !pattern.pattern().startsWith("*");
        boolean wasExact = !found.pattern().startsWith("*");
        return isExact != wasExact
                ? isExact
                : pattern.pattern().length() > found.pattern().length();
    }

    private static boolean fits(String pattern, String name) {
        return pattern.equals("*")
                || (pattern.startsWith("*.")
                        ? name.length() >= pattern.length() && name.endsWith(pattern.substring(1))
                        : pattern.equals(name));
    }

    /** The Host value as patterns are compared with it: in lower case, without port. */
    private String name() {
        String authority = request.authority().toLowerCase(Locale.ROOT);
        int bracket = authority.startsWith("[") ? authority.indexOf(']') : -1;
        int colon = authority.lastIndexOf(':');
        return bracket > 0
                ? authority.substring(0, bracket + 1)
                : authority.substring(0, colon < 0 ? authority.length() : colon);
    }

    private void unmatched(RequestDecision decision) {
        Explaining.setUnmatched(answer);
        String known = "No service on port " + question.query().getPort() + " has the Host '" + request.authority()
                + "' for this caller";
        Set<String> others = router.namespacesThatKnow(request.authority());
        steps.add(others.isEmpty() ? known + "." : known + "; it is known to callers in " + namespaces(others) + ".");
        if (decision.kind() == RequestDecision.Kind.REFUSED) {
            answer.setOutcome("reject");
            respond(LocalReply.NOT_REGISTERED);
            steps.add("The caller may reach known services only (REGISTRY_ONLY): the request is answered 502.");
        } else {
            answer.setOutcome("passthrough").setPolicy(PolicyAnswer.passthrough());
            answer.setRequest(ExplainedRequest.newBuilder()
                    .setAuthority(request.authority())
                    .setPath(request.pathAndQuery()));
            steps.add("The request is unmatched: it goes on to " + question.destination()
                    + " as it is, without rule, timeout or retries.");
        }
    }

    private static String namespaces(Set<String> names) {
        String first = names.stream().limit(NAMESPACES_TOLD).collect(Collectors.joining(", "));
        int more = names.size() - NAMESPACES_TOLD;
        return (names.size() == 1 ? "namespace " : "namespaces ") + first + (more > 0 ? " and " + more + " more" : "");
    }

    // ---- what the route does --------------------------------------------------------------------------------------

    private void follow(RouteMatch match, Route route, String service) {
        BackendAnswer backends = new BackendAnswer(question, router, name(), question.httpVersion());
        List<Choice> choices = backends.choices(match.route().targets(), service);
        List<Choice> mirrors = new ArrayList<>();
        for (PreparedMirror mirror : match.route().mirrors()) {
            mirrors.add(backends.mirror(mirror.target(), service));
        }
        answer.setPolicy(PolicyAnswer.route(match.route(), choices, mirrors));
        HeaderRecord response = new HeaderRecord();
        boolean isAnswered = route.cors() != null && cors(route.cors(), response);
        if (!isAnswered) {
            switch (route.action()) {
                case RouteAction.Forward forward -> {
                    forward(match, forward, choices, response);
                    abort(route.fault());
                }
                case RouteAction.Redirect redirect -> redirect(match, redirect, response);
                case RouteAction.DirectResponse direct -> directResponse(route, direct, response);
            }
            PolicySteps.tell(route, answer.getPolicy(), steps);
        }
        answer.putAllResponseHeaders(response.written).addAllResponseHeadersRemoved(response.removed);
    }

    private boolean cors(CorsPolicy policy, HeaderRecord response) {
        String origin = request.header("origin");
        Cors.Decision decision =
                Cors.decide(policy, request.method(), origin, request.header("access-control-request-method"));
        return switch (decision) {
            case NONE -> false;
            case ALLOWED -> {
                Cors.changeResponse(policy, String.valueOf(origin), response);
                steps.add("The Origin '" + origin + "' is allowed: the response gets the headers of CORS.");
                yield false;
            }
            case PREFLIGHT, PREFLIGHT_REFUSED -> {
                if (decision == Cors.Decision.PREFLIGHT) {
                    Cors.answerPreflight(policy, String.valueOf(origin), response);
                }
                answer.setOutcome("direct_response");
                respond(200, "", null);
                steps.add("It is a CORS preflight, and the Origin '" + origin + "' is "
                        + (decision == Cors.Decision.PREFLIGHT ? "" : "not ")
                        + "allowed: the agent answers 200 itself.");
                yield true;
            }
        };
    }

    private void forward(RouteMatch match, RouteAction.Forward forward, List<Choice> choices, HeaderRecord response) {
        choices.forEach(choice -> answer.addBackends(choice.explained()));
        BackendSteps.tell(choices, question.httpVersion(), steps);
        if (choices.stream().noneMatch(Choice::isKnown)) {
            answer.setOutcome("reject");
            respond(LocalReply.UNKNOWN_DESTINATION);
            steps.add("No destination of the route is known, so the request is answered 503.");
            return;
        }
        answer.setOutcome("route");
        // With several destinations, what each of them changes is not the same for every request.
        HeaderOperations ofDestination =
                choices.size() == 1 ? choices.get(0).target().weighted().requestHeaders() : HeaderOperations.NONE;
        HeaderOperations ofDestinationResponse =
                choices.size() == 1 ? choices.get(0).target().weighted().responseHeaders() : HeaderOperations.NONE;
        Route route = match.route().route();
        HeaderRecord changes = new HeaderRecord();
        HeaderChanges.apply(ofDestination, route.requestHeaders(), request, changes);
        HeaderChanges.apply(ofDestinationResponse, route.responseHeaders(), request, response);
        Rewrite rewrite = forward.rewrite();
        String authority = HeaderChanges.authority(rewrite, ofDestination);
        String path = rewrite == null || rewrite.path() == null
                ? request.pathAndQuery()
                : Rewrites.path(rewrite.path(), match.path(), request.pathAndQuery());
        answer.setRequest(ExplainedRequest.newBuilder()
                .setAuthority(authority == null ? request.authority() : authority)
                .setPath(path)
                .putAllHeaders(changes.written)
                .addAllHeadersRemoved(changes.removed));
        if (authority != null) {
            steps.add("The backend sees the Host '" + authority + "'.");
        }
        if (!path.equals(request.pathAndQuery())) {
            steps.add("The backend sees the path '" + path + "'.");
        }
        if (choices.stream().allMatch(choice -> choice.explained().getEndpointsCount() == 0)) {
            respond(LocalReply.NO_ENDPOINT);
            steps.add("No endpoint can be used, so the request is answered 503.");
        }
    }

    /** An abort of every request comes before all that a destination could answer. */
    private void abort(@Nullable Fault fault) {
        if (fault != null && Draw.hitsAll(fault.abortPerMillion())) {
            respond(LocalReply.injected(fault.abortHttpStatus(), fault.abortGrpcStatus()));
        }
    }

    private void redirect(RouteMatch match, RouteAction.Redirect redirect, HeaderRecord response) {
        HeaderChanges.apply(HeaderOperations.NONE, match.route().route().responseHeaders(), request, response);
        String location = Redirects.location(
                redirect,
                match.path(),
                request.scheme(),
                request.authority(),
                request.pathAndQuery(),
                question.query().getPort());
        answer.setOutcome("redirect");
        respond(redirect.status(), "", null);
        answer.getResponseBuilder().setLocation(location);
        steps.add("The agent answers " + redirect.status() + " itself, with Location '" + location + "'.");
    }

    private void directResponse(Route route, RouteAction.DirectResponse direct, HeaderRecord response) {
        HeaderChanges.apply(HeaderOperations.NONE, route.responseHeaders(), request, response);
        answer.setOutcome("direct_response");
        respond(direct.status(), new String(direct.body(), StandardCharsets.UTF_8), null);
        steps.add("The agent answers " + direct.status() + " itself.");
    }

    private void respond(LocalReply reply) {
        respond(reply.status(), reply.grpcStatus(), reply.body(), reply.flag());
    }

    private void respond(int status, String body, @Nullable String flag) {
        respond(status, GrpcStatus.ofHttp(status), body, flag);
    }

    /** A gRPC caller gets HTTP 200 with a gRPC status. */
    private void respond(int status, int grpcStatus, String body, @Nullable String flag) {
        ExplainedResponse.Builder response = ExplainedResponse.newBuilder().setStatus(request.isGrpc() ? 200 : status);
        if (request.isGrpc()) {
            response.setGrpcStatus(grpcStatus);
        }
        if (!body.isEmpty()) {
            response.setBody(body);
        }
        if (flag != null) {
            response.setFlag(flag);
        }
        answer.setResponse(response);
    }
}
