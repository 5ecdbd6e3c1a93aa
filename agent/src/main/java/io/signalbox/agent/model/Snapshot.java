package io.signalbox.agent.model;

import java.util.Map;

/**
 * Everything the agent serves at one moment.
 *
 * @param ports by port number
 * @param workloads the workloads of the agent's node
 */
public record Snapshot(Map<Integer, PortSnapshot> ports, NodeWorkloads workloads) {
    /** What an agent serves before it knows anything: all traffic is unmatched. */
    public static final Snapshot EMPTY = new Snapshot(Map.of(), NodeWorkloads.EMPTY);

    public Snapshot {
        ports = Map.copyOf(ports);
    }
}
