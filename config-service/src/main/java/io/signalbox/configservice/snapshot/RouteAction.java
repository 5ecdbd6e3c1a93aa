package io.signalbox.configservice.snapshot;

import java.util.List;

/** What a route does with a request. */
public sealed interface RouteAction {
    /**
     * Send the request to one of the backends.
     *
     * @param backends at least one
     */
    record Forward(List<WeightedBackend> backends) implements RouteAction {
        public Forward {
            backends = List.copyOf(backends);
            if (backends.isEmpty()) {
                throw new IllegalArgumentException("backends: [] (expected: at least one)");
            }
        }
    }
}
