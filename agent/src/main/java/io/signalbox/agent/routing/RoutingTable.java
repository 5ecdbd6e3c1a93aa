package io.signalbox.agent.routing;

import io.signalbox.agent.model.NodeWorkloads;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that the router needs at one moment. Immutable: a new snapshot is put in force by replacing the reference to it.
 *
 * @param ports by port number
 * @param workloads of the agent's node
 */
public record RoutingTable(Map<Integer, PortTable> ports, NodeWorkloads workloads) {
    /** Knows nothing: all traffic is unmatched. */
    public static final RoutingTable EMPTY = new RoutingTable(Map.of(), NodeWorkloads.EMPTY);

    public RoutingTable {
        ports = Map.copyOf(ports);
    }

    /** The table of a port, or null when the port is not configured. */
    public @Nullable PortTable port(int port) {
        return ports.get(port);
    }
}
