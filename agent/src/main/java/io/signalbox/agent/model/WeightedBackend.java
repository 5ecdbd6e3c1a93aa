package io.signalbox.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A choice among the destinations of a route.
 *
 * @param backend name of a backend of the same port snapshot; null when the destination is not known: what is sent
 *     there fails
 * @param weight share among the weights of the same route, 0 or more
 * @param forCallers other backends for some callers: the first that fits replaces {@code backend}
 * @param unknownReason why the destination is not known, as a sentence for a person; empty when it is known
 * @param destination as the operator named it; null for a default route
 * @param requestHeaders changes for this destination alone
 * @param responseHeaders likewise
 */
public record WeightedBackend(
        @Nullable String backend,
        int weight,
        List<BackendForCaller> forCallers,
        String unknownReason,
        @Nullable Destination destination,
        HeaderOperations requestHeaders,
        HeaderOperations responseHeaders) {
    public WeightedBackend {
        forCallers = List.copyOf(forCallers);
        if (weight < 0) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: 0 or more)");
        }
    }

    /** A share for a known backend, the same for all callers. */
    public static WeightedBackend of(String backend, int weight) {
        return new WeightedBackend(backend, weight, List.of(), "", null, HeaderOperations.NONE, HeaderOperations.NONE);
    }
}
