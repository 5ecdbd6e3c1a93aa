package io.signalbox.agent.proxy;

import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.CorsPolicy;
import io.signalbox.agent.model.Fault;
import io.signalbox.agent.model.HeaderOperations;
import io.signalbox.agent.model.Rewrite;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.RuleRef;
import io.signalbox.agent.policy.Cors;
import io.signalbox.agent.policy.Draw;
import io.signalbox.agent.policy.GrpcStatus;
import io.signalbox.agent.policy.GrpcTimeout;
import io.signalbox.agent.policy.HeaderChanges;
import io.signalbox.agent.policy.HeaderFields;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.policy.Redirects;
import io.signalbox.agent.policy.Rewrites;
import io.signalbox.agent.routing.PortTable;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.routing.PreparedTarget;
import io.signalbox.agent.routing.PreparedVirtualHost;
import io.signalbox.agent.routing.RequestDecision;
import io.signalbox.agent.routing.RouteMatch;
import io.signalbox.agent.upstream.UpstreamBackend;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through the policies of its route, whatever protocol it came by: CORS, then faults, then the
 * route's action. Used for one request after another. Confined to its event loop.
 */
public final class RequestFlow {
    private static final byte[] NO_BODY = {};

    private final LoopContext loop;
    private final Origin origin;
    private final ExchangeSide side;
    private final Attempts attempts;
    private final HeaderVariables variables;
    private final PickNotes pickNotes;
    private final Mirroring mirroring;
    private final Timer delay;

    private @Nullable PortTable table;
    private @Nullable PreparedVirtualHost virtualHost;
    private @Nullable RouteMatch match;
    private @Nullable PreparedTarget target;
    private @Nullable PreparedBackend prepared;
    private @Nullable CorsPolicy cors;
    private @Nullable Caller caller;
    private @Nullable String setCookie;
    private String allowedOrigin = "";
    private long startNanos;
    private boolean delayed;

    /** @param side does what this decides */
    public RequestFlow(LoopContext loop, Origin origin, ExchangeSide side) {
        this.loop = loop;
        this.origin = origin;
        this.side = side;
        this.attempts = new Attempts(loop, this, side);
        this.variables = new HeaderVariables(origin, side);
        this.pickNotes = new PickNotes(loop, origin, side);
        this.mirroring = new Mirroring(loop, side, pickNotes);
        this.delay = new Timer(loop.eventLoop(), this::delayIsOver);
    }

    /** The attempts of the request, once it is forwarded. */
    public Attempts attempts() {
        return attempts;
    }

    /**
     * A request's head has come.
     *
     * @param complete whether nothing follows
     */
    public void begin(boolean complete) {
        startNanos = loop.nanos();
        attempts.begin(startNanos, complete);
    }

    // ---- the route is known ---------------------------------------------------------------------------------------

    /**
     * Does what the router has decided, but for what is to be passed through.
     *
     * @param router has decided
     */
    public void follow(RequestRouter router, RequestDecision decision) {
        table = router.portTable();
        caller = router.caller();
        virtualHost = decision.virtualHost();
        RouteMatch chosen = decision.match();
        match = chosen;
        if (chosen == null) {
            reply(
                    switch (decision.kind()) {
                        case REFUSED -> LocalReply.NOT_REGISTERED;
                        case LOOP -> LocalReply.LOOP;
                        default -> LocalReply.NO_ROUTE;
                    });
        } else {
            follow(chosen, chosen.route().route(), router);
        }
    }

    private void follow(RouteMatch chosen, Route route, RequestRouter router) {
        CorsPolicy policy = route.cors();
        if (policy != null && isAnswered(policy)) {
            return;
        }
        if (route.action() instanceof RouteAction.Forward) {
            PreparedTarget to = router.choose(chosen);
            target = to;
            prepared = router.backend(to);
            mirroring.draw(chosen, router);
        }
        Fault fault = route.fault();
        if (fault == null) {
            act(chosen);
        } else if (fault.delayMillis() > 0 && Draw.hits(fault.delayPerMillion(), loop.random())) {
            loop.stats().faultDelays.increment();
            delayed = true;
            delay.start(fault.delayMillis());
        } else {
            abortOrAct(chosen, fault);
        }
    }

    private boolean isAnswered(CorsPolicy policy) {
        CharSequence header = side.request().header("origin");
        String from = header == null ? "" : header.toString();
        Cors.Decision decision = Cors.decide(
                policy, side.request().method(), from, side.request().header("access-control-request-method"));
        switch (decision) {
            case NONE -> {
                return false;
            }
            case ALLOWED -> {
                cors = policy;
                allowedOrigin = from;
                return false;
            }
            case PREFLIGHT, PREFLIGHT_REFUSED -> {
                loop.stats().preflights.increment();
                Answer answer = new Answer(200, NO_BODY, null);
                if (decision == Cors.Decision.PREFLIGHT) {
                    Cors.answerPreflight(policy, from, answer);
                }
                side.answer(answer);
            }
        }
        return true;
    }

    private void delayIsOver() {
        RouteMatch chosen = match;
        Fault fault = chosen == null ? null : chosen.route().route().fault();
        if (chosen != null && fault != null) {
            abortOrAct(chosen, fault);
        }
    }

    private void abortOrAct(RouteMatch chosen, Fault fault) {
        boolean aborts = fault.abortHttpStatus() > 0 || fault.abortGrpcStatus() != null;
        if (aborts && Draw.hits(fault.abortPerMillion(), loop.random())) {
            loop.stats().faultAborts.increment();
            reply(LocalReply.injected(fault.abortHttpStatus(), fault.abortGrpcStatus()));
        } else {
            act(chosen);
        }
    }

    private void act(RouteMatch chosen) {
        switch (chosen.route().route().action()) {
            case RouteAction.Forward forward -> forward(chosen, forward);
            case RouteAction.Redirect redirect -> {
                loop.stats().redirects.increment();
                Answer answer = new Answer(redirect.status(), NO_BODY, null);
                answer.add("location", location(chosen, redirect));
                answerOfRoute(chosen.route().route(), answer);
            }
            case RouteAction.DirectResponse direct -> {
                loop.stats().directResponses.increment();
                answerOfRoute(chosen.route().route(), new Answer(direct.status(), direct.body(), null));
            }
        }
    }

    private String location(RouteMatch chosen, RouteAction.Redirect redirect) {
        return Redirects.location(
                redirect,
                chosen.path(),
                side.request().scheme().toString(),
                side.request().authority().toString(),
                side.pathAndQuery(),
                origin.destination().getPort());
    }

    // ---- answers of the agent's own -------------------------------------------------------------------------------

    private void answerOfRoute(Route route, Answer answer) {
        HeaderChanges.apply(HeaderOperations.NONE, route.responseHeaders(), variables, answer);
        answer(answer, GrpcStatus.ofHttp(answer.status()));
    }

    /** Answers in place of a backend. */
    public void reply(LocalReply reply) {
        answer(Answer.of(reply), reply.grpcStatus());
    }

    private void answer(Answer answer, int grpcStatus) {
        if (cors != null) {
            Cors.changeResponse(cors, allowedOrigin, answer);
        }
        side.answer(side.isGrpc() ? answer.toGrpc(grpcStatus) : answer);
    }

    // ---- forwarding -----------------------------------------------------------------------------------------------

    private void forward(RouteMatch chosen, RouteAction.Forward forward) {
        PreparedBackend to = prepared;
        if (target == null || to == null) {
            reply(LocalReply.UNKNOWN_DESTINATION);
            return;
        }
        HeaderOperations ownChanges = target.weighted().requestHeaders();
        Rewrite rewrite = forward.rewrite();
        String authority = rewrite == null && ownChanges.isEmpty() ? null : rewrite(chosen, rewrite, ownChanges);
        HeaderChanges.apply(ownChanges, chosen.route().route().requestHeaders(), variables, side.requestFields());
        UpstreamBackend backend = loop.upstreams().backend(to);
        setCookie = pickNotes.note(attempts.picks(), backend, caller, authority);
        mirroring.start(caller, authority);
        attempts.start(backend, forward.retry(), timeoutMillis(forward), side.startTrace());
    }

    /** Returns the new authority; null: it stays. */
    private @Nullable String rewrite(RouteMatch chosen, @Nullable Rewrite rewrite, HeaderOperations ownChanges) {
        String authority = HeaderChanges.authority(rewrite, ownChanges);
        if (authority != null) {
            side.rewriteAuthority(authority);
        }
        if (rewrite != null && rewrite.path() != null) {
            String before = side.pathAndQuery();
            side.requestFields().set("x-envoy-original-path", before);
            side.rewritePath(Rewrites.path(rewrite.path(), chosen.path(), before));
        }
        return authority;
    }

    private long timeoutMillis(RouteAction.Forward forward) {
        return side.isGrpc()
                ? GrpcTimeout.effective(
                        forward.timeoutMillis(),
                        GrpcTimeout.millis(side.request().header("grpc-timeout")))
                : forward.timeoutMillis();
    }

    /** Whether the head of a backend's response is changed by rules. */
    public boolean changesResponse() {
        RouteMatch chosen = match;
        PreparedTarget to = target;
        return cors != null
                || setCookie != null
                || (chosen != null && !chosen.route().route().responseHeaders().isEmpty())
                || (to != null && !to.weighted().responseHeaders().isEmpty());
    }

    /** Changes the head of a backend's response. */
    public void changeResponse(HeaderFields fields) {
        RouteMatch chosen = match;
        PreparedTarget to = target;
        if (chosen != null && to != null) {
            HeaderChanges.apply(
                    to.weighted().responseHeaders(), chosen.route().route().responseHeaders(), variables, fields);
        }
        if (setCookie != null) {
            fields.add("set-cookie", setCookie);
        }
        if (cors != null) {
            Cors.changeResponse(cors, allowedOrigin, fields);
        }
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** Whether the request is traced. */
    public boolean isTraced() {
        return attempts.trace() != null;
    }

    /**
     * What a span says of the request.
     *
     * @param flag Envoy's letters for how the request went wrong; null when it did not
     */
    public TracedRequest traced(
            String protocolVersion,
            String method,
            String authority,
            String path,
            boolean grpc,
            int status,
            @Nullable String grpcStatus,
            @Nullable String flag,
            long requestBytes,
            long responseBytes) {
        UpstreamBackend backend = attempts.backend();
        RuleRef rule = match == null ? null : match.route().rule();
        return new TracedRequest(
                protocolVersion,
                method,
                authority,
                path,
                grpc,
                origin.peer(),
                origin.workloadName(),
                virtualHost == null ? "" : virtualHost.service(),
                backend == null ? "" : backend.prepared().backend().name(),
                table == null ? "" : table.version().value(),
                rule == null ? null : rule.toString(),
                status,
                grpcStatus,
                flag == null && delayed ? "DI" : flag,
                requestBytes,
                responseBytes);
    }

    /**
     * The request has ended.
     *
     * @param status that the caller got, 0 when it got none
     */
    public void end(int status) {
        UpstreamBackend backend = attempts.backend();
        if (backend != null) {
            backend.stats().requestEnded(status, loop.nanos() - startNanos);
        }
        RequestTrace trace = attempts.trace();
        if (trace != null) {
            trace.end(side.traced());
        }
        delay.cancel();
        attempts.end();
        table = null;
        virtualHost = null;
        match = null;
        target = null;
        prepared = null;
        cors = null;
        caller = null;
        mirroring.forget();
        setCookie = null;
        delayed = false;
    }
}
