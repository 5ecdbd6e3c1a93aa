package io.signalbox.agent.model;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/**
 * A pod of the agent's node.
 *
 * @param namespace its Kubernetes namespace
 * @param name its name
 * @param addresses its addresses; none before it has one
 * @param labels its labels
 * @param serviceAccount its service account; empty when unknown
 * @param uid its UID; empty when unknown
 * @param capture whether what it sends is captured
 */
public record Workload(
        String namespace,
        String name,
        List<InetAddress> addresses,
        Map<String, String> labels,
        String serviceAccount,
        String uid,
        Capture capture) {
    /** Whether what a workload sends is captured, and what becomes of it while no agent runs. */
    public enum Capture {
        /** Captured; the agent's own options say the rest. */
        DEFAULT,
        /** Captured; while no agent runs it goes where it would go without one. */
        FAIL_OPEN,
        /** Captured; while no agent runs it is refused. */
        FAIL_CLOSED,
        /** Left alone. */
        DISABLED
    }

    public Workload {
        addresses = List.copyOf(addresses);
        labels = Map.copyOf(labels);
    }
}
