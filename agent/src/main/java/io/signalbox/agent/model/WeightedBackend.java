package io.signalbox.agent.model;

/**
 * A reference to a backend of the same port snapshot.
 *
 * @param backend the backend's name
 * @param weight share among the weights of the same route, 0 or more
 */
public record WeightedBackend(String backend, int weight) {
    public WeightedBackend {
        if (weight < 0) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: 0 or more)");
        }
    }
}
