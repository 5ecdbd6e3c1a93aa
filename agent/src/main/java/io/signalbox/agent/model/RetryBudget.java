package io.signalbox.agent.model;

/**
 * How many retries towards a backend may run at a time.
 *
 * @param perMillion of the requests that run, in parts of a million
 * @param minimum always allowed
 */
public record RetryBudget(int perMillion, int minimum) {}
