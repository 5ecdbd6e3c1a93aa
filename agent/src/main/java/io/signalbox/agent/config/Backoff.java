package io.signalbox.agent.config;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt to connect: doubles from 0.1 s to 3 s, and is drawn evenly from the upper
 * half of that, so that agents which lost the service at one moment do not come back at one moment. Confined to one
 * thread.
 */
final class Backoff {
    static final Duration MIN = Duration.ofMillis(100);
    static final Duration MAX = Duration.ofSeconds(3);

    private final RandomGenerator random;
    private long ceilingNanos = 2 * MIN.toNanos();

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** The delay before the next attempt; each call counts as one failure. */
    Duration next() {
        long delay = ceilingNanos / 2 + random.nextLong(ceilingNanos / 2 + 1);
        ceilingNanos = Math.min(MAX.toNanos(), ceilingNanos * 2);
        return Duration.ofNanos(delay);
    }

    /** Starts over, after a stream that held. */
    void reset() {
        ceilingNanos = 2 * MIN.toNanos();
    }
}
