package io.signalbox.configservice.status;

import java.util.function.LongSupplier;

/** Requests that may be made: so many at once, and so many a second in the long run. Confined to one thread. */
final class Budget {
    private static final double NANOS_PER_SECOND = 1e9;

    private final int burst;
    private final double perSecond;
    private final LongSupplier nanoClock;
    private double left;
    private long seen;

    Budget(int burst, double perSecond, LongSupplier nanoClock) {
        this.burst = burst;
        this.perSecond = perSecond;
        this.nanoClock = nanoClock;
        this.left = burst;
        this.seen = nanoClock.getAsLong();
    }

    /** Takes one, if there is one. */
    boolean take() {
        long now = nanoClock.getAsLong();
        left = Math.min(burst, left + (now - seen) / NANOS_PER_SECOND * perSecond);
        seen = now;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
