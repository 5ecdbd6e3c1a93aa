package io.signalbox.configservice.registry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Limits on connections and requests to a destination. What is absent, or 0 in a number, has its default. */
public record ConnectionPool(@Nullable Tcp tcp, @Nullable Http http) {
    /**
     * Limits on connections.
     *
     * @param maxConnections at a time; 0: no limit
     * @param connectTimeout absent: 10 s
     * @param maxConnectionDuration absent: no limit
     * @param idleTimeout absent: 1 h
     */
    public record Tcp(
            int maxConnections,
            @Nullable Duration connectTimeout,
            @Nullable Keepalive keepalive,
            @Nullable Duration maxConnectionDuration,
            @Nullable Duration idleTimeout) {}

    /**
     * TCP keep-alive.
     *
     * @param probes unanswered ones until the connection is dead; 0: the system's
     * @param time idle time before the first probe; absent: the system's
     * @param interval between probes; absent: the system's
     */
    public record Keepalive(
            int probes, @Nullable Duration time, @Nullable Duration interval) {}

    /**
     * Limits on requests.
     *
     * @param http1MaxPendingRequests that wait for a connection; 0: no limit
     * @param http2MaxRequests under way; 0: no limit
     * @param maxRequestsPerConnection 0: no limit
     * @param maxRetries under way; 0: no limit
     * @param idleTimeout of a connection without requests; absent: 1 h
     * @param h2UpgradePolicy whether HTTP/1.1 requests go over HTTP/2
     * @param useClientProtocol whether the caller's protocol is kept
     * @param maxConcurrentStreams of an HTTP/2 connection; 0: no limit
     */
    public record Http(
            int http1MaxPendingRequests,
            int http2MaxRequests,
            int maxRequestsPerConnection,
            int maxRetries,
            @Nullable Duration idleTimeout,
            H2UpgradePolicy h2UpgradePolicy,
            boolean useClientProtocol,
            int maxConcurrentStreams) {}

    /** Whether HTTP/1.1 requests go over HTTP/2. */
    public enum H2UpgradePolicy {
        /** As the mesh says: no. */
        DEFAULT,
        DO_NOT_UPGRADE,
        UPGRADE
    }
}
