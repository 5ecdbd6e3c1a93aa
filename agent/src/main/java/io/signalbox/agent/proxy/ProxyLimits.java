package io.signalbox.agent.proxy;

/**
 * Limits of connections and requests.
 *
 * @param maxConcurrentStreams HTTP/2 streams that a downstream connection may have open
 * @param maxHeaderBytes of a request's or response's head
 * @param detectionTimeoutMillis how long to wait for a client's first bytes; 0: for ever
 * @param queuedBytesBudget bytes of bodies that one event loop may hold for slow receivers before it stops giving
 *     connection-level HTTP/2 credit ahead of time
 */
public record ProxyLimits(
        int maxConcurrentStreams, int maxHeaderBytes, long detectionTimeoutMillis, long queuedBytesBudget) {}
