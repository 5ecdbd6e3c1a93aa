package io.signalbox.agent.model;

import java.util.Map;

/**
 * Who asks, as far as routing depends on it.
 *
 * @param namespace empty: unknown
 * @param labels of the workload
 * @param scope name of the restricting scope, empty: none; for {@link Audience}
 * @param outboundPolicy for what nothing matches
 */
public record Caller(String namespace, Map<String, String> labels, String scope, OutboundPolicy outboundPolicy) {
    public Caller {
        labels = Map.copyOf(labels);
    }

    /** Whether the caller has all these labels. */
    public boolean hasLabels(Map<String, String> wanted) {
        return wanted.isEmpty() || labels.entrySet().containsAll(wanted.entrySet());
    }
}
