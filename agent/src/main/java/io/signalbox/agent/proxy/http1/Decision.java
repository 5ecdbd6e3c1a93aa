package io.signalbox.agent.proxy.http1;

import io.signalbox.agent.balance.PickContext;
import io.signalbox.agent.model.RuleRef;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Origin;
import io.signalbox.agent.proxy.RequestRouter;
import io.signalbox.agent.proxy.TracedRequest;
import io.signalbox.agent.routing.PortTable;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.routing.PreparedVirtualHost;
import io.signalbox.agent.routing.RequestDecision;
import io.signalbox.agent.routing.RouteMatch;
import io.signalbox.agent.upstream.UpstreamBackend;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import org.jspecify.annotations.Nullable;

/** Where a request goes, made once and kept over its attempts. Used for one request after another. */
final class Decision {
    private final LoopContext loop;
    private final Origin origin;
    private final RequestRouter router;
    private RequestDecision decision = RequestDecision.PASSTHROUGH;
    private @Nullable PortTable table;
    private @Nullable UpstreamBackend backend;

    Decision(LoopContext loop, Origin origin) {
        this.loop = loop;
        this.origin = origin;
        this.router = new RequestRouter(loop, origin);
    }

    RequestDecision.Kind decide(Head head) {
        decision = router.decide(HeadAttributes.of(head));
        table = router.portTable();
        RouteMatch match = decision.match();
        PreparedBackend chosen = match != null && decision.kind() == RequestDecision.Kind.FORWARD
                ? router.backend(router.choose(match))
                : null;
        backend = chosen == null ? null : loop.upstreams().backend(chosen);
        return decision.kind();
    }

    boolean isPassthrough() {
        return decision.kind() == RequestDecision.Kind.PASSTHROUGH;
    }

    /** The backend, null for a request that goes to none. */
    @Nullable
    UpstreamBackend backend() {
        return backend;
    }

    /**
     * Picks an endpoint.
     *
     * @return null when the backend has none
     */
    @Nullable
    UpstreamEndpoint pick(PickContext context) {
        return backend == null ? loop.upstreams().endpoint(origin.destinationEndpoint()) : backend.pick(context);
    }

    /** What a span says of the request. */
    TracedRequest traced(Head head, int status, @Nullable String flag, long requestBytes, long responseBytes) {
        PreparedVirtualHost virtualHost = decision.virtualHost();
        RuleRef rule =
                decision.match() == null ? null : decision.match().route().rule();
        return new TracedRequest(
                "1.1",
                Ascii.text(head.bytes, 0, head.methodTo),
                Ascii.text(head.bytes, head.hostFrom, head.hostTo),
                head.pathFrom == head.targetTo ? "/" : Ascii.text(head.bytes, head.pathFrom, head.targetTo),
                false,
                origin.peer(),
                origin.workloadName(),
                virtualHost == null ? "" : virtualHost.service(),
                backend == null ? "" : backend.prepared().backend().name(),
                table == null ? "" : table.version().value(),
                rule == null ? null : rule.toString(),
                status,
                null,
                flag,
                requestBytes,
                responseBytes);
    }

    /** Lets go of the tables, which may be replaced while the connection is idle. */
    void forget() {
        table = null;
        decision = RequestDecision.PASSTHROUGH;
        backend = null;
    }
}
