package io.signalbox.agent.stats;

import io.signalbox.agent.model.Endpoint;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Everything that one event loop counts. The loop writes; the maps may be iterated by any thread. An entry is created
 * when its backend or endpoint first gets traffic, and removed when it has left the snapshot and is no longer in use.
 */
public final class LoopStats {
    /** Connections accepted from downstream. */
    public final Counter connectionsAccepted = new Counter();

    /** Downstream connections that are open now. */
    public final Counter connectionsActive = new Counter();

    /** Downstream connections closed at once because the limit was reached. */
    public final Counter connectionsRefused = new Counter();

    /** Connections found to speak HTTP/1. */
    public final Counter connectionsHttp1 = new Counter();

    /** Connections found to speak HTTP/2. */
    public final Counter connectionsHttp2 = new Counter();

    /** Connections forwarded as opaque bytes to a backend. */
    public final Counter connectionsTcp = new Counter();

    /** Connections passed through to their original destination. */
    public final Counter passthroughConnections = new Counter();

    /** Connections closed because nothing matched them, and only known services may be reached. */
    public final Counter connectionsUnmatchedClosed = new Counter();

    /** Opaque connections closed because the destination of their rule is not known. */
    public final Counter connectionsUnknownDestination = new Counter();

    /** HTTP requests passed through to their original destination. */
    public final Counter passthroughRequests = new Counter();

    /** Requests answered by the agent because they were malformed or over a limit. */
    public final Counter badRequests = new Counter();

    /** Requests answered with a redirect by a rule. */
    public final Counter redirects = new Counter();

    /** Requests answered by a rule without a backend. */
    public final Counter directResponses = new Counter();

    /** CORS preflights answered here. */
    public final Counter preflights = new Counter();

    /** Requests held up on purpose. */
    public final Counter faultDelays = new Counter();

    /** Requests aborted on purpose. */
    public final Counter faultAborts = new Counter();

    /** Copies of requests that were begun. */
    public final Counter mirrors = new Counter();

    /** Copies of requests given up because their receiver could not keep up. */
    public final Counter mirrorsAbandoned = new Counter();

    /** Copies of requests that were not made, or ended before their response. */
    public final Counter mirrorsFailed = new Counter();

    /** HTTP/2 connections closed because the peer broke the protocol or a limit. */
    public final Counter protocolErrors = new Counter();

    /** Bytes received from downstream. */
    public final Counter downstreamBytesReceived = new Counter();

    /** Bytes sent downstream. */
    public final Counter downstreamBytesSent = new Counter();

    private final Map<String, BackendStats> backends = new ConcurrentHashMap<>();
    private final Map<Endpoint, EndpointStats> endpoints = new ConcurrentHashMap<>();

    /** The counters of a backend; for use when tables are built, not per request. */
    public BackendStats backend(String name) {
        return backends.computeIfAbsent(name, n -> new BackendStats());
    }

    /**
     * The counters of an endpoint, for one more user; for use when tables are built, not per request. Each user
     * {@linkplain #release releases} them once.
     */
    public EndpointStats acquire(Endpoint endpoint) {
        EndpointStats stats = endpoints.computeIfAbsent(endpoint, e -> new EndpointStats());
        stats.users++;
        return stats;
    }

    /** A user is done with an endpoint: without users it is forgotten. */
    public void release(Endpoint endpoint) {
        EndpointStats stats = endpoints.get(endpoint);
        if (stats != null && --stats.users == 0) {
            endpoints.remove(endpoint);
        }
    }

    /** By backend name; a live view. */
    public Map<String, BackendStats> backends() {
        return backends;
    }

    /** By endpoint; a live view. */
    public Map<Endpoint, EndpointStats> endpoints() {
        return endpoints;
    }
}
