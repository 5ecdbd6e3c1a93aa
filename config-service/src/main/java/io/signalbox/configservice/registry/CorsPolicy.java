package io.signalbox.configservice.registry;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cross-origin resource sharing, answered by the agent.
 *
 * @param allowOrigins one must fit the Origin
 * @param allowMethods methods that a preflight is told
 * @param allowHeaders headers that a preflight is told
 * @param exposeHeaders headers that a script may read
 * @param maxAge how long the answer of a preflight counts
 * @param allowCredentials absent: not told
 * @param unmatchedPreflights what happens to preflights of other origins
 */
public record CorsPolicy(
        List<StringMatch> allowOrigins,
        List<String> allowMethods,
        List<String> allowHeaders,
        List<String> exposeHeaders,
        @Nullable Duration maxAge,
        @Nullable Boolean allowCredentials,
        UnmatchedPreflights unmatchedPreflights) {
    public CorsPolicy {
        allowOrigins = List.copyOf(allowOrigins);
        allowMethods = List.copyOf(allowMethods);
        allowHeaders = List.copyOf(allowHeaders);
        exposeHeaders = List.copyOf(exposeHeaders);
    }

    /** What happens to preflights of other origins. */
    public enum UnmatchedPreflights {
        /** Not declared: forwarded. */
        UNSPECIFIED,
        FORWARD,
        /** Answered without permission. */
        IGNORE
    }
}
