package io.signalbox.agent.model;

/**
 * A copy of requests, whose answer nobody sees.
 *
 * @param destination its weight means nothing; one that is not known gets no copy
 * @param perMillion of a million requests so many are copied
 */
public record Mirror(WeightedBackend destination, int perMillion) {}
