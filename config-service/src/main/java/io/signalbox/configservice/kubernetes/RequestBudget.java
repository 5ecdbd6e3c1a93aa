package io.signalbox.configservice.kubernetes;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Limits what the API server is asked, whatever happens how often: a bucket of permits that fills steadily. */
public final class RequestBudget {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final int atOnce;
    private final double perSecond;
    private final LongSupplier nanoClock;
    private double permits;
    private long filledNanos;

    /**
     * A full bucket.
     *
     * @param atOnce requests at once after a quiet time
     * @param perSecond requests a second in the long run
     * @param nanoClock as {@link System#nanoTime}
     */
    public RequestBudget(int atOnce, double perSecond, LongSupplier nanoClock) {
        this.atOnce = atOnce;
        this.perSecond = perSecond;
        this.nanoClock = nanoClock;
        this.permits = atOnce;
        this.filledNanos = nanoClock.getAsLong();
    }

    /** Takes a permit if there is one. Any thread. */
    public synchronized boolean take() {
        long now = nanoClock.getAsLong();
        permits = Math.min(atOnce, permits + (now - filledNanos) / NANOS_PER_SECOND * perSecond);
        filledNanos = now;
        if (permits < 1) {
            return false;
        }
        permits--;
        return true;
    }
}
