package io.signalbox.agent.proxy;

import org.jspecify.annotations.Nullable;

/**
 * What an operator sees of one downstream connection.
 *
 * @param source peer address
 * @param destination original destination
 * @param protocol {@code http1}, {@code http2}, {@code tcp}, {@code passthrough} or {@code detecting}
 * @param sourceWorkload {@code namespace/name}, null when unknown
 * @param ageMillis since it was accepted
 * @param activeRequests requests that run now; 1 for an opaque connection
 * @param requests requests so far, the running ones included
 */
public record ConnectionReport(
        String source,
        String destination,
        String protocol,
        @Nullable String sourceWorkload,
        long ageMillis,
        int activeRequests,
        long requests) {}
