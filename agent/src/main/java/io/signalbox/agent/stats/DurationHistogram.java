package io.signalbox.agent.stats;

/**
 * Counts durations in fixed buckets, those that OpenTelemetry's HTTP conventions advise for
 * {@code http.server.request.duration}. One writing thread, as {@link Counter}.
 */
public final class DurationHistogram {
    private static final double[] BOUNDS_SECONDS = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
    };
    private static final long[] BOUNDS_NANOS = boundsNanos();

    private final Counter[] buckets = new Counter[BOUNDS_SECONDS.length + 1];
    private final Counter sumNanos = new Counter();

    public DurationHistogram() {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new Counter();
        }
    }

    private static long[] boundsNanos() {
        long[] nanos = new long[BOUNDS_SECONDS.length];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = Math.round(BOUNDS_SECONDS[i] * 1e9);
        }
        return nanos;
    }

    /** Upper bounds of all buckets but the last, which has none; seconds, ascending. */
    public static double[] boundsSeconds() {
        return BOUNDS_SECONDS.clone();
    }

    /** Counts one duration. Only the owning thread may call this. */
    public void record(long nanos) {
        int bucket = 0;
        while (bucket < BOUNDS_NANOS.length && nanos > BOUNDS_NANOS[bucket]) {
            bucket++;
        }
        buckets[bucket].increment();
        sumNanos.add(nanos);
    }

    /** Adds this histogram's counts, not cumulated, to {@code counts}; returns its sum in seconds. */
    public double addTo(long[] counts) {
        for (int i = 0; i < buckets.length; i++) {
            counts[i] += buckets[i].get();
        }
        return sumNanos.get() / 1e9;
    }
}
