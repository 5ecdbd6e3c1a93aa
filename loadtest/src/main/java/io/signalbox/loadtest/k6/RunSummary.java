package io.signalbox.loadtest.k6;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a script left in {@code summary.json}.
 *
 * @param answers good answers of all routes
 * @param failures exchanges that were not as they should be
 * @param dropped iterations that k6 could not start in time
 * @param seconds that the run took
 * @param crossed thresholds that did not hold, as {@code METRIC EXPRESSION}
 * @param routes by name, in the script's order
 * @param windows latency of equal parts of the run, in their order; empty in most scripts
 */
record RunSummary(
        long answers,
        long failures,
        long dropped,
        double seconds,
        List<String> crossed,
        Map<String, Route> routes,
        List<Latency> windows) {

    /**
     * What was counted of a route.
     *
     * @param weights of the services that it leads to
     * @param endpoints answers by the endpoint that gave them
     */
    record Route(
            Map<String, Integer> weights, long answers, long failures, Map<String, Long> endpoints, Latency latency) {}

    /** Milliseconds of {@code count} answers. */
    record Latency(long count, double p50, double p95, double p99, double max) {}

    /** Reads the file; fails if it is not a summary. */
    static RunSummary read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException(file + ": not there (expected: k6 writes it at the end of a run)");
        }
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        List<String> crossed = new ArrayList<>();
        for (JsonNode threshold : required(root, "thresholds")) {
            if (!required(threshold, "passed").asBoolean()) {
                crossed.add(required(threshold, "metric").asText() + " "
                        + required(threshold, "expression").asText());
            }
        }
        Map<String, Route> routes = new LinkedHashMap<>();
        required(root, "routes").properties().forEach(entry -> routes.put(entry.getKey(), route(entry.getValue())));
        List<Latency> windows = new ArrayList<>();
        required(root, "windows").forEach(window -> windows.add(latency(window)));
        return new RunSummary(
                required(root, "answers").asLong(),
                required(root, "failures").asLong(),
                required(root, "dropped").asLong(),
                required(root, "seconds").asDouble(),
                crossed,
                routes,
                windows);
    }

    private static Route route(JsonNode node) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        required(node, "weights")
                .properties()
                .forEach(e -> weights.put(e.getKey(), e.getValue().asInt()));
        Map<String, Long> endpoints = new LinkedHashMap<>();
        required(node, "endpoints")
                .properties()
                .forEach(e -> endpoints.put(e.getKey(), e.getValue().asLong()));
        return new Route(
                weights,
                required(node, "answers").asLong(),
                required(node, "failures").asLong(),
                endpoints,
                latency(required(node, "millis")));
    }

    private static Latency latency(JsonNode node) {
        return new Latency(
                required(node, "count").asLong(),
                required(node, "p50").asDouble(),
                required(node, "p95").asDouble(),
                required(node, "p99").asDouble(),
                required(node, "max").asDouble());
    }

    private static JsonNode required(JsonNode node, String name) {
        JsonNode found = node.get(name);
        if (found == null) {
            throw new IllegalArgumentException("summary.json: no " + name + " (expected: what lib/summary.js writes)");
        }
        return found;
    }
}
