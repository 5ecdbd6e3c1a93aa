package io.signalbox.agent.model;

import org.jspecify.annotations.Nullable;

/**
 * Limits and timeouts towards a backend, per agent. A limit of 0 is none.
 *
 * @param connectTimeoutMillis 0: the agent's default
 * @param tcpIdleTimeoutMillis of opaque connections without bytes; 0: the agent's default
 * @param maxConnections to all endpoints of the backend
 * @param maxConnectionDurationMillis of opaque connections and of upstream HTTP connections
 * @param keepalive null: no TCP keep-alive
 * @param maxPendingRequests requests that wait for a connection
 * @param maxRequests requests that run
 * @param maxRequestsPerConnection 1: no keep-alive
 * @param maxRetries retries that run
 * @param httpIdleTimeoutMillis of upstream HTTP connections without requests; 0: the agent's default
 * @param maxConcurrentStreams of an upstream HTTP/2 connection
 */
public record ConnectionPool(
        int connectTimeoutMillis,
        int tcpIdleTimeoutMillis,
        int maxConnections,
        int maxConnectionDurationMillis,
        @Nullable Keepalive keepalive,
        int maxPendingRequests,
        int maxRequests,
        int maxRequestsPerConnection,
        int maxRetries,
        int httpIdleTimeoutMillis,
        int maxConcurrentStreams) {
    /** No limits, default timeouts. */
    public static final ConnectionPool DEFAULT = new ConnectionPool(0, 0, 0, 0, null, 0, 0, 0, 0, 0, 0);

    /**
     * TCP keep-alive; 0: the kernel's default.
     *
     * @param timeSeconds idle time before the first probe
     * @param intervalSeconds between probes
     * @param probes unanswered ones before the connection counts as dead
     */
    public record Keepalive(int timeSeconds, int intervalSeconds, int probes) {}
}
