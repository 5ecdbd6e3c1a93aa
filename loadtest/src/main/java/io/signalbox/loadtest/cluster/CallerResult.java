package io.signalbox.loadtest.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the {@code caller} program has fared, by the last line that it printed.
 *
 * @param answered requests
 * @param failed requests
 * @param resent requests that went out once more, since their idle connection turned out to be closed
 * @param endpoints answered requests by endpoint
 * @param failures why the first few failed
 * @param p99Millis 99th percentile of the time from when a request was due to its answer
 * @param maxMillis longest such time
 */
public record CallerResult(
        long answered,
        long failed,
        long resent,
        Map<String, Long> endpoints,
        List<String> failures,
        double p99Millis,
        double maxMillis) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Keeps its own copies. */
    public CallerResult {
        endpoints = Map.copyOf(endpoints);
        failures = List.copyOf(failures);
    }

    /** Reads it from all that the program printed. */
    public static CallerResult of(String output) throws IOException {
        String last = output.lines()
                .filter(line -> line.startsWith("{"))
                .reduce((one, next) -> next)
                .orElseThrow(() -> new IllegalStateException("caller: no report\n" + output));
        JsonNode json = JSON.readTree(last);
        Map<String, Long> endpoints = new TreeMap<>();
        json.path("endpoints")
                .properties()
                .forEach(one -> endpoints.put(one.getKey(), one.getValue().asLong()));
        List<String> failures = new ArrayList<>();
        json.path("failures").forEach(failure -> failures.add(failure.asText()));
        return new CallerResult(
                json.path("answered").asLong(),
                json.path("failed").asLong(),
                json.path("resent").asLong(),
                endpoints,
                failures,
                json.path("p99Millis").asDouble(),
                json.path("maxMillis").asDouble());
    }
}
