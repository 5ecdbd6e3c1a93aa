package io.signalbox.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a route does with a request. */
public sealed interface RouteAction {
    /**
     * Send the request to one of the backends.
     *
     * @param backends at least one
     * @param rewrite null: none
     * @param timeoutMillis from the complete request to the complete response, over all attempts; 0: none
     * @param retry null: no retries
     * @param mirrors copies of the request
     */
    record Forward(
            List<WeightedBackend> backends,
            @Nullable Rewrite rewrite,
            int timeoutMillis,
            @Nullable RetryPolicy retry,
            List<Mirror> mirrors)
            implements RouteAction {
        public Forward {
            backends = List.copyOf(backends);
            mirrors = List.copyOf(mirrors);
            if (backends.isEmpty()) {
                throw new IllegalArgumentException("backends: [] (expected: at least one)");
            }
        }

        /** To these backends, and nothing besides. */
        public static Forward to(WeightedBackend... backends) {
            return new Forward(List.of(backends), null, 0, null, List.of());
        }
    }

    /**
     * Answer with a redirect.
     *
     * @param status 301, 302, 303, 307 or 308
     * @param path null: kept
     * @param authority null: kept
     * @param scheme null: the request's
     * @param port 0: none, unless {@code derivePort}
     * @param derivePort whether the port is the one that the caller dialled
     */
    record Redirect(
            int status,
            @Nullable RedirectPath path,
            @Nullable String authority,
            @Nullable String scheme,
            int port,
            boolean derivePort)
            implements RouteAction {}

    /** How a redirect changes the path. */
    sealed interface RedirectPath {
        /** The whole path, possibly with a query of its own. */
        record Full(String path) implements RedirectPath {}

        /** Replaces the prefix that matched. */
        record Prefix(String replacement) implements RedirectPath {}
    }

    /**
     * Answer without a backend.
     *
     * @param status 200 to 599
     * @param body never changed
     */
    @SuppressWarnings("ArrayRecordComponent") // two of them need not be told apart by value
    record DirectResponse(int status, byte[] body) implements RouteAction {}
}
