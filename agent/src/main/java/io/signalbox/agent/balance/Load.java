package io.signalbox.agent.balance;

/** What a balancer must know of an endpoint at the moment of a choice. */
public interface Load {
    /** Requests (for HTTP) and connections (for TCP) that run on it now, as this event loop sees it. */
    int activeRequests();

    /**
     * How long a new request on it is expected to take, as {@link PeakEwma#cost} says it; only asked for where that
     * chooses.
     *
     * @param nowNanos by the clock that the balancer reads
     */
    double expectedNanos(long nowNanos);

    /** Whether it may get new traffic: false while outlier detection has taken it out. */
    boolean isHealthy();

    /** When the agent first knew it, by the clock that the balancer reads; warm-up counts from then. */
    long knownSinceNanos();

    /** The one among which balancers choose, where this is a part of it. */
    default Load balanced() {
        return this;
    }
}
