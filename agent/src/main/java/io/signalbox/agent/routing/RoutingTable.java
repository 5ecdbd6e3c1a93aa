package io.signalbox.agent.routing;

import io.signalbox.agent.model.NodeWorkloads;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that the router needs at one moment. Immutable: a new snapshot is put in force by replacing the reference to it.
 * Two tables are equal only if they are the same object, so that whoever keeps a decision can tell cheaply whether it
 * is still of the table in force.
 */
public final class RoutingTable {
    /** Knows nothing: all traffic is unmatched. */
    public static final RoutingTable EMPTY = new RoutingTable(Map.of(), NodeWorkloads.EMPTY);

    private final Map<Integer, PortTable> ports;
    private final NodeWorkloads workloads;

    /**
     * @param ports by port number
     * @param workloads of the agent's node
     */
    public RoutingTable(Map<Integer, PortTable> ports, NodeWorkloads workloads) {
        this.ports = Map.copyOf(ports);
        this.workloads = workloads;
    }

    /** The table of a port, or null when the port is not configured. */
    public @Nullable PortTable port(int port) {
        return ports.get(port);
    }

    /** By port number. */
    public Map<Integer, PortTable> ports() {
        return ports;
    }

    /** The workloads of the agent's node. */
    public NodeWorkloads workloads() {
        return workloads;
    }
}
