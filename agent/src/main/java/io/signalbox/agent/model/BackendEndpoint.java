package io.signalbox.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as a backend lists it: where it is, or what to resolve, and what distinguishes it from its fellows.
 *
 * @param resolved its address and port; null when {@code hostName} is to be resolved
 * @param hostName to be resolved by the agent; empty when the address is known
 * @param port 1 to 65535
 * @param weight share among the endpoints of its locality, 1 or more
 * @param locality {@code region}, {@code region/zone} or {@code region/zone/subzone}; empty: unknown
 * @param node name of the node that it runs on; empty: unknown
 * @param priorityLabels values of the labels that {@link LocalityPolicy#failoverPriority} names, in its order
 */
public record BackendEndpoint(
        @Nullable Endpoint resolved,
        String hostName,
        int port,
        int weight,
        String locality,
        String node,
        List<String> priorityLabels) {
    public BackendEndpoint {
        priorityLabels = List.copyOf(priorityLabels);
    }

    /** An endpoint at a known address, of which nothing else is known. */
    public static BackendEndpoint at(Endpoint endpoint) {
        return new BackendEndpoint(endpoint, "", endpoint.port(), 1, "", "", List.of());
    }

    /** {@code 10.0.0.1:8080}, {@code [fd00::1]:8080} or, not resolved, {@code name:8080}. */
    @Override
    public String toString() {
        return resolved == null ? hostName + ":" + port : resolved.toString();
    }
}
