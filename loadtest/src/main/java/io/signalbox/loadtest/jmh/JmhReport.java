package io.signalbox.loadtest.jmh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.loadtest.harness.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The figures of a JMH run.
 *
 * @param rows one for each benchmark and combination of parameters
 */
record JmhReport(List<Row> rows) {
    /** How much dearer a route of a thousand may be found than one of ten. */
    private static final double MAX_RATIO = 2;

    /**
     * Figures of one benchmark.
     *
     * @param name class and method
     * @param parameters their values, separated by blanks
     * @param score time per operation
     * @param error half of the interval that holds the true score with 99.9 % confidence
     * @param bytes allocated per operation
     */
    record Row(String name, String parameters, double score, double error, String unit, double bytes) {}

    /** Reads what JMH has written. */
    static JmhReport read(Path json) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (JsonNode run : new ObjectMapper().readTree(json.toFile())) {
            List<String> parameters = new ArrayList<>();
            run.path("params").forEach(value -> parameters.add(value.asText()));
            String[] name = run.path("benchmark").asText().split("\\.", -1);
            JsonNode metric = run.path("primaryMetric");
            rows.add(new Row(
                    name[name.length - 2].replace("Benchmark", "") + "." + name[name.length - 1],
                    String.join(" ", parameters),
                    metric.path("score").asDouble(),
                    metric.path("scoreError").asDouble(),
                    metric.path("scoreUnit").asText(),
                    run.path("secondaryMetrics")
                            .path("gc.alloc.rate.norm")
                            .path("score")
                            .asDouble()));
        }
        return new JmhReport(rows);
    }

    /** The report for people. */
    String markdown(Origin origin) {
        StringBuilder text = new StringBuilder("# Microbenchmarks of the agent\n\n")
                .append(origin.markdown())
                .append("\n\n| benchmark | of | per operation | allocated |\n|---|---|---|---|\n");
        for (Row row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.1f ± %.1f %s | %.0f B |%n",
                    row.name(),
                    row.parameters(),
                    row.score(),
                    row.error(),
                    row.unit().replace("/op", ""),
                    row.bytes()));
        }
        text.append('\n');
        for (String kind : List.of("exact", "prefix")) {
            double ratio = score(kind + "-1000") / score(kind + "-10");
            if (!Double.isNaN(ratio)) {
                text.append(String.format(
                        Locale.ROOT,
                        "1,000 routes by %s in one virtual host cost %.2f times ten (must: at most %.0f): %s.%n",
                        kind,
                        ratio,
                        MAX_RATIO,
                        ratio <= MAX_RATIO ? "kept" : "MISSED"));
            }
        }
        return text.toString();
    }

    private double score(String parameters) {
        return rows.stream()
                .filter(row -> row.parameters().equals(parameters))
                .mapToDouble(Row::score)
                .findFirst()
                .orElse(Double.NaN);
    }
}
