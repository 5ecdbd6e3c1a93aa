package io.signalbox.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection goes.
 *
 * @param rule the operator's rule that this came from; null for the default route
 * @param backends at least one
 */
public record L4Route(@Nullable RuleRef rule, List<WeightedBackend> backends) {
    public L4Route {
        backends = List.copyOf(backends);
        if (backends.isEmpty()) {
            throw new IllegalArgumentException("backends: [] (expected: at least one)");
        }
    }
}
