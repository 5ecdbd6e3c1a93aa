package io.signalbox.configservice.snapshot;

/**
 * A reference to a backend of the same snapshot.
 *
 * @param backend name of the backend
 * @param weight share among the weights of the same route
 */
public record WeightedBackend(String backend, int weight) {}
