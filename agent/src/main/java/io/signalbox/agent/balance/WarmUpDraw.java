package io.signalbox.agent.balance;

import io.signalbox.agent.model.WarmUp;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Lets a new endpoint pass some of its turns, so that its share grows as Envoy's slow start lets it grow. */
final class WarmUpDraw {
    private final long durationNanos;
    private final double minimum;
    private final double exponent;
    private final RandomGenerator random;
    private final LongSupplier nanos;

    WarmUpDraw(WarmUp warmUp, RandomGenerator random, LongSupplier nanos) {
        this.durationNanos = warmUp.durationMillis() * 1_000_000L;
        this.minimum = warmUp.minimumPercent() / 100.0;
        this.exponent = 1 / warmUp.aggression();
        this.random = random;
        this.nanos = nanos;
    }

    /** Whether an endpoint whose turn it is takes it. */
    boolean takes(Load endpoint) {
        long age = nanos.getAsLong() - endpoint.knownSinceNanos();
        return age >= durationNanos || random.nextDouble() < share(age);
    }

    private double share(long ageNanos) {
        return Math.max(minimum, Math.pow((double) Math.max(0, ageNanos) / durationNanos, exponent));
    }
}
