package io.signalbox.configservice.snapshot;

import java.util.List;

/**
 * Where a connection goes.
 *
 * @param backends at least one
 */
public record L4Route(List<WeightedBackend> backends) {
    public L4Route {
        backends = List.copyOf(backends);
        if (backends.isEmpty()) {
            throw new IllegalArgumentException("backends: [] (expected: at least one)");
        }
    }
}
