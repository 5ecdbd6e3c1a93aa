package io.signalbox.agent.proxy;

import io.signalbox.agent.model.Caller;
import io.signalbox.agent.routing.PortTable;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.routing.PreparedTarget;
import io.signalbox.agent.routing.RequestAttributes;
import io.signalbox.agent.routing.RequestDecision;
import io.signalbox.agent.routing.RouteMatch;
import io.signalbox.agent.routing.Router;
import io.signalbox.agent.routing.RoutingTable;
import org.jspecify.annotations.Nullable;

/**
 * Asks the router for the requests of one downstream connection, each by the table in force when it comes. What follows
 * a decision ({@link #choose}, {@link #backend}) is asked before the next one is made. Confined to the connection's
 * event loop.
 */
public final class RequestRouter {
    private final LoopContext loop;
    private final Origin origin;
    private RoutingTable routingTable;
    private Router router;

    public RequestRouter(LoopContext loop, Origin origin) {
        this.loop = loop;
        this.origin = origin;
        this.routingTable = loop.routingTable();
        this.router = router();
    }

    private Router router() {
        origin.refresh(routingTable);
        return Router.of(
                routingTable.port(origin.destination().getPort()),
                origin.destination().getAddress(),
                origin.caller());
    }

    /** Decides on a request by the table in force now. Makes no object while that stays the same. */
    public RequestDecision decide(RequestAttributes request) {
        RoutingTable inForce = loop.routingTable();
        if (!inForce.equals(routingTable)) {
            routingTable = inForce;
            router = router();
        }
        RequestDecision decision = router.request(request);
        return decision.kind() == RequestDecision.Kind.PASSTHROUGH && origin.loopsBack()
                ? RequestDecision.LOOP
                : decision;
    }

    /**
     * Chooses a destination of a route that forwards, by weight: once per request, whatever becomes of its attempts.
     */
    public PreparedTarget choose(RouteMatch match) {
        return loop.turns().choose(match.route().targets());
    }

    /** The backend that a target means for the caller; null when its destination is not known. */
    public @Nullable PreparedBackend backend(PreparedTarget target) {
        return router.backend(target);
    }

    /** Who asks, by the table of the last decision. */
    public Caller caller() {
        return router.caller();
    }

    /** The port's table of the last decision; null when the port is not configured. */
    public @Nullable PortTable portTable() {
        return router.table();
    }
}
