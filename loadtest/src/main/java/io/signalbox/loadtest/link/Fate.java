package io.signalbox.loadtest.link;

import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/** Decides what becomes of the packets of one direction. */
final class Fate {
    private final LinkQuality quality;
    private final RandomGenerator random;
    private long lastNanos = Long.MIN_VALUE;

    Fate(LinkQuality quality, RandomGenerator random) {
        this.quality = quality;
        this.random = random;
    }

    /** When the next packet is to arrive, which set out at {@code nowNanos}; empty if never. */
    OptionalLong arrival(long nowNanos) {
        if (random.nextDouble() * 100 < quality.lossPercent()) {
            return OptionalLong.empty();
        }
        long jitter =
                Math.round((2 * random.nextDouble() - 1) * quality.jitter().toNanos());
        lastNanos = Math.max(lastNanos, nowNanos + quality.delay().toNanos() + jitter);
        return OptionalLong.of(lastNanos);
    }
}
