package io.signalbox.configservice.identity;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Limits how often the cluster is asked, whoever connects how often: a bucket of permits that fills steadily. */
final class ReviewBudget {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final double perSecond;
    private final double burst;
    private final LongSupplier nanoClock;
    private double permits;
    private long filledNanos;

    ReviewBudget(int perSecond, int burst, LongSupplier nanoClock) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanoClock = nanoClock;
        this.permits = burst;
        this.filledNanos = nanoClock.getAsLong();
    }

    /** Takes a permit if there is one. */
    synchronized boolean take() {
        long now = nanoClock.getAsLong();
        permits = Math.min(burst, permits + (now - filledNanos) / NANOS * perSecond);
        filledNanos = now;
        if (permits < 1) {
            return false;
        }
        permits--;
        return true;
    }
}
