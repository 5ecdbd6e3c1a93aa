package io.signalbox.agent.balance;

/**
 * How long an endpoint takes to answer: an average of its latencies in which each loses weight exponentially with time
 * (EWMA), and that a slow answer raises at once to its own latency. So an endpoint that turns slow is left within one
 * answer, and comes back within seconds. What is measured is the time to the head of the response. Not thread-safe.
 *
 * <p>Follows the peak EWMA of Finagle and Linkerd (twitter.github.io/finagle, "Load Balancing").
 */
public final class PeakEwma {
    /** After this time without an answer an estimate has fallen to 1/e, in nanoseconds. */
    static final double DECAY_NANOS = 10e9;

    /** What a failure counts as, at least: failing fast must not look like answering fast. In nanoseconds. */
    static final long FAILURE_NANOS = 1_000_000_000;

    /** Expected of an endpoint that has its first requests, and has not answered one: so it gets one at a time. */
    private static final double UNKNOWN_NANOS = 1e15;

    private double estimate;
    private long estimatedAt;

    /** An answer began {@code nanos} after its request. */
    public void answered(long nanos, long nowNanos) {
        double before = estimate;
        if (nanos >= before) {
            estimate = nanos;
        } else {
            double weight = Math.exp(-Math.max(0, nowNanos - estimatedAt) / DECAY_NANOS);
            estimate = before * weight + nanos * (1 - weight);
        }
        estimatedAt = nowNanos;
    }

    /** A request failed after {@code nanos}, or was answered by an error of the server. */
    public void failed(long nanos, long nowNanos) {
        answered(Math.max(nanos, FAILURE_NANOS), nowNanos);
    }

    /** A request was given up {@code nanos} after it began, unanswered: an answer would have taken longer. */
    public void abandoned(long nanos, long nowNanos) {
        if (nanos > decayed(nowNanos)) {
            answered(nanos, nowNanos);
        }
    }

    /**
     * How long another request is expected to take, if the requests that run are answered one after another.
     *
     * @param running how many run
     */
    public double cost(int running, long nowNanos) {
        double latency = decayed(nowNanos);
        return latency == 0 && running > 0 ? UNKNOWN_NANOS * running : latency * (running + 1);
    }

    private double decayed(long nowNanos) {
        return estimate == 0 ? 0 : estimate * Math.exp(-Math.max(0, nowNanos - estimatedAt) / DECAY_NANOS);
    }
}
