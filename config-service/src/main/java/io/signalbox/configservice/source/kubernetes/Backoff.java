package io.signalbox.configservice.source.kubernetes;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait after failures in a row. Confined to one thread. */
final class Backoff {
    private final Pace pace;
    private final RandomGenerator random;
    private long nextMillis;

    Backoff(Pace pace, RandomGenerator random) {
        this.pace = pace;
        this.random = random;
        reset();
    }

    /** The next pause; a bit longer at random, so that replicas that failed together do not return together. */
    Duration next() {
        Duration pause = jittered(Duration.ofMillis(nextMillis));
        nextMillis = Math.min(pace.lastRetry().toMillis(), 2 * nextMillis);
        return pause;
    }

    /** The time, and up to half as much more. */
    Duration jittered(Duration time) {
        long millis = time.toMillis();
        return Duration.ofMillis(millis + random.nextLong(millis / 2 + 1));
    }

    /** Something worked. */
    void reset() {
        nextMillis = Math.max(1, pace.firstRetry().toMillis());
    }
}
