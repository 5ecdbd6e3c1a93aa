package io.signalbox.agent.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The backend that some callers get instead of the one for all.
 *
 * @param namespace of the caller; empty: every namespace
 * @param labels of the caller
 * @param backend name of the backend; null when the destination is not known to such callers
 * @param unknownReason why, as a sentence for a person; empty when it is known
 */
public record BackendForCaller(
        String namespace,
        Map<String, String> labels,
        @Nullable String backend,
        String unknownReason) {
    public BackendForCaller {
        labels = Map.copyOf(labels);
    }
}
