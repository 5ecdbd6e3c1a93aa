package io.signalbox.agent.model;

/**
 * A new endpoint gets less than its share for a while.
 *
 * @param durationMillis how long
 * @param minimumPercent share at the start, in percent of the full one
 * @param aggression exponent of the growth, greater than 0; 1: linear
 */
public record WarmUp(int durationMillis, int minimumPercent, double aggression) {}
