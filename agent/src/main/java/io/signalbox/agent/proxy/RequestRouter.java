package io.signalbox.agent.proxy;

import io.signalbox.agent.routing.PortTable;
import io.signalbox.agent.routing.PreparedVirtualHost;
import io.signalbox.agent.routing.Router;
import io.signalbox.agent.routing.RoutingTable;
import org.jspecify.annotations.Nullable;

/**
 * Asks the router for the requests of one downstream connection, each by the table in force when it comes. Confined to
 * the connection's event loop.
 */
public final class RequestRouter {
    private final LoopContext loop;
    private final Origin origin;
    private @Nullable RoutingTable routingTable;
    private @Nullable PortTable portTable;

    public RequestRouter(LoopContext loop, Origin origin) {
        this.loop = loop;
        this.origin = origin;
    }

    /**
     * Takes the table in force for the next request.
     *
     * @return whether it is another than for the request before, so that what was found then no longer counts
     */
    public boolean takeTable() {
        RoutingTable inForce = loop.routingTable();
        if (inForce.equals(routingTable)) {
            return false;
        }
        routingTable = inForce;
        portTable = inForce.port(origin.destination().getPort());
        origin.refresh(inForce);
        return true;
    }

    /** The table of the destination's port that was taken last; null when the port is not configured. */
    public @Nullable PortTable portTable() {
        return portTable;
    }

    /**
     * The virtual host of a Host or {@code :authority} value.
     *
     * @param authority holds the value in {@code [from, to)}
     * @return null when nobody claims it
     */
    public @Nullable PreparedVirtualHost virtualHost(byte[] authority, int from, int to) {
        return Router.request(portTable, origin.destination().getAddress(), authority, from, to, origin.namespace());
    }
}
