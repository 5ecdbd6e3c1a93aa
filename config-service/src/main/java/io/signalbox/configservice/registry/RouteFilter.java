package io.signalbox.configservice.registry;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a rule or a backend of an HTTPRoute or GRPCRoute does beside forwarding. */
public sealed interface RouteFilter {
    /** Changes headers of the request. */
    record RequestHeaders(Headers.Operations operations) implements RouteFilter {}

    /** Changes headers of the response. */
    record ResponseHeaders(Headers.Operations operations) implements RouteFilter {}

    /**
     * Sends a copy of the request.
     *
     * @param percentage of the requests, 0 to 100; 100 when not declared
     */
    record RequestMirror(BackendRef backend, double percentage) implements RouteFilter {}

    /**
     * Answers with a redirect.
     *
     * @param scheme empty: kept
     * @param hostname empty: kept
     * @param path absent: kept
     * @param port 0: not declared
     * @param statusCode 302 when not declared
     */
    record RequestRedirect(
            String scheme, String hostname, @Nullable PathModifier path, int port, int statusCode)
            implements RouteFilter {}

    /**
     * Changes the request line.
     *
     * @param hostname empty: kept
     * @param path absent: kept
     */
    record UrlRewrite(String hostname, @Nullable PathModifier path) implements RouteFilter {}

    /**
     * Cross-origin resource sharing, answered by the agent.
     *
     * @param allowOrigins {@code *}, or scheme and host, in which the first label may be {@code *}
     * @param allowMethods may be {@code *}
     * @param allowHeaders may be {@code *}
     * @param exposeHeaders may be {@code *}
     * @param maxAge 5 s when not declared
     */
    record Cors(
            List<String> allowOrigins,
            boolean allowCredentials,
            List<String> allowMethods,
            List<String> allowHeaders,
            List<String> exposeHeaders,
            Duration maxAge)
            implements RouteFilter {
        public Cors {
            allowOrigins = List.copyOf(allowOrigins);
            allowMethods = List.copyOf(allowMethods);
            allowHeaders = List.copyOf(allowHeaders);
            exposeHeaders = List.copyOf(exposeHeaders);
        }
    }

    /**
     * A filter that is known and not supported: the standard asks that such a rule fails its requests.
     *
     * @param type word of the standard, such as {@code ExtensionRef}
     */
    record Unsupported(String type) implements RouteFilter {}

    /** A new path. */
    sealed interface PathModifier {
        /** In place of the whole path. */
        record ReplaceFullPath(String value) implements PathModifier {}

        /** In place of the matched prefix, by segment. */
        record ReplacePrefixMatch(String value) implements PathModifier {}
    }
}
