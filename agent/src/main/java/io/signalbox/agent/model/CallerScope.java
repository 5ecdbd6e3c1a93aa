package io.signalbox.agent.model;

import java.util.Map;

/**
 * What an Istio Sidecar resource says of the callers that it is for.
 *
 * @param name {@code namespace/name} of the Sidecar
 * @param namespace of the callers; empty: every namespace
 * @param labels of the callers; empty: all of the namespace
 * @param restrictsVisibility whether callers see only what bears this scope in its audience
 */
public record CallerScope(
        String name,
        String namespace,
        Map<String, String> labels,
        boolean restrictsVisibility,
        OutboundPolicy outboundPolicy) {
    public CallerScope {
        labels = Map.copyOf(labels);
    }

    /** Whether a caller is in this scope. */
    public boolean includes(String callerNamespace, Map<String, String> callerLabels) {
        return (namespace.isEmpty() || namespace.equals(callerNamespace))
                && callerLabels.entrySet().containsAll(labels.entrySet());
    }
}
