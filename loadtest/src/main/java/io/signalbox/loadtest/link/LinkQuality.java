package io.signalbox.loadtest.link;

import java.time.Duration;
import java.util.List;

/**
 * What a link does to each packet, in each direction by itself: a ping meets it twice.
 *
 * @param delay before it arrives
 * @param jitter by how much that is more or less, evenly spread; packets stay in order
 * @param lossPercent of packets that never arrive
 * @param seed of what is left to chance
 */
public record LinkQuality(Duration delay, Duration jitter, double lossPercent, long seed) {
    /** Checks the ranges. */
    public LinkQuality {
        if (delay.isNegative() || jitter.isNegative() || jitter.compareTo(delay) > 0) {
            throw new IllegalArgumentException(
                    "delay and jitter: " + delay + ", " + jitter + " (expected: 0 <= jitter <= delay)");
        }
        if (lossPercent < 0 || lossPercent > 100) {
            throw new IllegalArgumentException("lossPercent: " + lossPercent + " (expected: 0 to 100)");
        }
    }

    /** Every packet arrives so much later. */
    public static LinkQuality delay(Duration delay) {
        return new LinkQuality(delay, Duration.ZERO, 0, 0);
    }

    /** That part of the packets, chosen by the seed, never arrives; the others do at once. */
    public static LinkQuality loss(double percent, long seed) {
        return new LinkQuality(Duration.ZERO, Duration.ZERO, percent, seed);
    }

    /** The options of {@link LinkMain} that say this. */
    public List<String> options() {
        return List.of(
                "--delay",
                delay.toString(),
                "--jitter",
                jitter.toString(),
                "--loss-percent",
                Double.toString(lossPercent),
                "--seed",
                Long.toString(seed));
    }
}
