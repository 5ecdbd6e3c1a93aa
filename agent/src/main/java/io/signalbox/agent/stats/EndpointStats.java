package io.signalbox.agent.stats;

/** What one event loop counted for one endpoint. One writing thread; all fields are counters of their own. */
public final class EndpointStats {
    /** Requests (for HTTP) and connections (for TCP) sent to it. */
    public final Counter requests = new Counter();

    /** Requests and TCP connections that run now. */
    public final Counter active = new Counter();

    /** Connections opened to it. */
    public final Counter connectionsOpened = new Counter();

    /** Connections to it that are open now. */
    public final Counter connectionsActive = new Counter();

    /** Connections that could not be opened. */
    public final Counter connectFailures = new Counter();

    /** How many count here; confined to the loop. */
    int users;

    EndpointStats() {}
}
