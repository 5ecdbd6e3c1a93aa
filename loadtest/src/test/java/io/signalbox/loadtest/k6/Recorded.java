package io.signalbox.loadtest.k6;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A summary that mixed.js left in a real run whose threshold of latency was absurd. */
final class Recorded {
    static final Path MIXED =
            Path.of("src/test/resources/k6/mixed-summary.json").toAbsolutePath();

    static final Map<String, List<String>> ENDPOINTS = Map.of(
            "catalog", List.of("catalog-1", "catalog-2", "catalog-3"),
            "canary", List.of("canary-1", "canary-2"),
            "orders", List.of("orders-1", "orders-2", "orders-3"),
            "orders-canary", List.of("orders-canary-1", "orders-canary-2"));

    private Recorded() {}

    static RunSummary mixed() {
        try {
            return RunSummary.read(MIXED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The routes, but one of them answered by these endpoints. */
    static Map<String, RunSummary.Route> mixedWith(String name, Map<String, Long> endpoints) {
        Map<String, RunSummary.Route> routes = new LinkedHashMap<>(mixed().routes());
        routes.computeIfPresent(
                name,
                (n, route) -> new RunSummary.Route(
                        route.weights(),
                        endpoints.values().stream().mapToLong(Long::longValue).sum(),
                        0,
                        endpoints,
                        route.latency()));
        return routes;
    }
}
