package io.signalbox.configservice.rest;

import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The query parameters of a request, each at most once. */
final class Query {
    private static final int MAX_PORT = 65_535;

    private final ServerRequest request;

    private Query(ServerRequest request) {
        this.request = request;
    }

    /**
     * The parameters of a request that may have these and no others.
     *
     * @throws ApiException 400 when there are others, or one stands twice
     */
    static Query of(ServerRequest request, Set<String> known) {
        for (String name : new TreeSet<>(request.query().names())) {
            if (!known.contains(name)) {
                throw bad(name + ": is no known parameter (expected: "
                        + (known.isEmpty() ? "none" : "one of " + String.join(", ", new TreeSet<>(known))) + ")");
            }
            if (request.query().all(name).size() > 1) {
                throw bad(name + ": stands " + request.query().all(name).size() + " times (expected: once)");
            }
        }
        return new Query(request);
    }

    /** The value; empty when absent or without one. */
    Optional<String> text(String name) {
        return request.query().first(name).asOptional().filter(value -> !value.isEmpty());
    }

    /** Whether a filter by this parameter lets the value pass. */
    boolean admits(String name, String value) {
        return text(name).map(value::equals).orElse(true);
    }

    /** A port that must be there. */
    int port(String name) {
        return port(name, text(name).orElseThrow(() -> bad(name + ": is missing (expected: 1 to " + MAX_PORT + ")")));
    }

    /** A port number, also one that stands in the path. */
    static int port(String name, String text) {
        if (text.matches("[0-9]{1,5}")) {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= MAX_PORT) {
                return port;
            }
        }
        throw bad(name + ": " + text + " (expected: 1 to " + MAX_PORT + ")");
    }

    private static ApiException bad(String detail) {
        return new ApiException(Status.BAD_REQUEST_400, detail);
    }
}
