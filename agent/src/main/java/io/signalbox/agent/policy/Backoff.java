package io.signalbox.agent.policy;

import java.util.random.RandomGenerator;

/** How long to wait before another attempt: exponential back-off with full jitter. */
public final class Backoff {
    private static final int CAP = 10;

    private Backoff() {}

    /**
     * Draws the wait before a retry from 0 up to, not including, {@code (2^retry - 1)} times the base, and never more
     * than ten times the base.
     *
     * @param retry 1 for the first
     * @param baseMillis above 0
     * @return milliseconds
     */
    public static long millis(int retry, int baseMillis, RandomGenerator random) {
        long factor = retry >= 4 ? CAP : (1L << retry) - 1;
        return random.nextLong(factor * baseMillis);
    }
}
