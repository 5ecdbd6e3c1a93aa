package io.signalbox.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cross-origin resource sharing.
 *
 * @param allowOrigins any of them takes the Origin; {@link StringMatch.Present} does not occur
 * @param allowMethods value of the header, empty: not sent; likewise the next two
 * @param maxAgeSeconds null: not sent
 * @param forwardUnmatchedPreflights whether a preflight of an origin that is not allowed is forwarded; else it is
 *     answered here
 */
public record CorsPolicy(
        List<StringMatch> allowOrigins,
        String allowMethods,
        String allowHeaders,
        String exposeHeaders,
        @Nullable Integer maxAgeSeconds,
        boolean allowCredentials,
        boolean forwardUnmatchedPreflights) {
    public CorsPolicy {
        allowOrigins = List.copyOf(allowOrigins);
    }
}
