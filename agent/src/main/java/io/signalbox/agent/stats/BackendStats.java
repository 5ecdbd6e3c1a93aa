package io.signalbox.agent.stats;

/** What one event loop counted for one backend. One writing thread. */
public final class BackendStats {
    /** Attempts after the first. */
    public final Counter retries = new Counter();

    /** Requests that would have been tried again, but for the limit of retries. */
    public final Counter retriesRefused = new Counter();

    /** Requests sent again because a connection that was used before turned out to be closed. */
    public final Counter resent = new Counter();

    /** Requests whose time was up. */
    public final Counter timeouts = new Counter();

    /** Attempts whose time was up. */
    public final Counter tryTimeouts = new Counter();

    private static final int STATUS_CLASSES = 6;

    private final Counter[] byStatusClass = new Counter[STATUS_CLASSES];
    private final DurationHistogram duration = new DurationHistogram();
    private final Counter connections = new Counter();
    private final Counter connectionNanos = new Counter();

    BackendStats() {
        for (int i = 0; i < STATUS_CLASSES; i++) {
            byStatusClass[i] = new Counter();
        }
    }

    /**
     * Counts a request that ended. Only the owning thread may call this.
     *
     * @param status HTTP status that the caller got; 0 when it got none
     * @param nanos from the request's head to the end of its response
     */
    public void requestEnded(int status, long nanos) {
        int statusClass = status / 100;
        byStatusClass[statusClass > 0 && statusClass < STATUS_CLASSES ? statusClass : 0].increment();
        duration.record(nanos);
    }

    /**
     * Counts an opaque connection that ended. Only the owning thread may call this.
     *
     * @param nanos from its begin to its end
     */
    public void connectionEnded(long nanos) {
        connections.increment();
        connectionNanos.add(nanos);
    }

    /** Requests that ended with a status of this class: 1 to 5 for 1xx to 5xx, 0 for none. */
    public long requests(int statusClass) {
        return byStatusClass[statusClass].get();
    }

    /** Opaque connections that have ended. */
    public long connections() {
        return connections.get();
    }

    /** How long those connections lasted, in all. */
    public double connectionSeconds() {
        return connectionNanos.get() / 1e9;
    }

    /** From a request's head to the end of its response. */
    public DurationHistogram duration() {
        return duration;
    }
}
