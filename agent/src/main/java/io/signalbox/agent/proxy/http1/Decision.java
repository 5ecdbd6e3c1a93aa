package io.signalbox.agent.proxy.http1;

import io.signalbox.agent.balance.PickContext;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Origin;
import io.signalbox.agent.proxy.RequestRouter;
import io.signalbox.agent.proxy.TracedRequest;
import io.signalbox.agent.routing.PortTable;
import io.signalbox.agent.routing.PreparedRoute;
import io.signalbox.agent.routing.PreparedVirtualHost;
import io.signalbox.agent.upstream.UpstreamBackend;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import org.jspecify.annotations.Nullable;

/** Where a request goes, made once and kept over its attempts. Used for one request after another. */
final class Decision {
    enum Outcome {
        /** To a backend. */
        ROUTE,
        /** To the original destination. */
        PASSTHROUGH,
        /** The virtual host has no route for it. */
        NO_ROUTE,
        /** To the original destination, which would lead back here. */
        LOOP
    }

    private final LoopContext loop;
    private final Origin origin;
    private final RequestRouter router;
    private Outcome outcome = Outcome.NO_ROUTE;
    private @Nullable PortTable table;
    private @Nullable PreparedVirtualHost virtualHost;
    private @Nullable PreparedRoute route;
    private @Nullable UpstreamBackend backend;

    Decision(LoopContext loop, Origin origin) {
        this.loop = loop;
        this.origin = origin;
        this.router = new RequestRouter(loop, origin);
    }

    Outcome decide(Head head) {
        router.takeTable();
        table = router.portTable();
        virtualHost = router.virtualHost(head.bytes, head.hostFrom, head.hostTo);
        route = virtualHost == null ? null : virtualHost.route();
        if (route != null) {
            backend = loop.upstreams().backend(route.backend(loop.random()));
            outcome = Outcome.ROUTE;
        } else {
            backend = null;
            outcome = virtualHost != null ? Outcome.NO_ROUTE : origin.loopsBack() ? Outcome.LOOP : Outcome.PASSTHROUGH;
        }
        return outcome;
    }

    boolean isPassthrough() {
        return outcome == Outcome.PASSTHROUGH;
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
                route == null || route.rule() == null ? null : route.rule().toString(),
                status,
                null,
                flag,
                requestBytes,
                responseBytes);
    }

    /** Lets go of the tables, which may be replaced while the connection is idle. */
    void forget() {
        table = null;
        virtualHost = null;
        route = null;
        backend = null;
    }
}
