package io.signalbox.loadtest.bench.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All that one run of the benchmark gave.
 *
 * @param facts what was run where: date, commit, command, machine, versions
 * @param workloads in the order in which they ran
 */
public record BenchResult(Map<String, String> facts, List<WorkloadResult> workloads) {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    public BenchResult {
        facts = new TreeMap<>(facts);
        workloads = List.copyOf(workloads);
    }

    /** Reads what {@link #write} has written. */
    public static BenchResult read(Path file) throws IOException {
        return MAPPER.readValue(file.toFile(), BenchResult.class);
    }

    /** Writes it as JSON. */
    public void write(Path file) throws IOException {
        Files.writeString(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    }

    /** The fact of that name; empty if it is not known. */
    public String fact(String name) {
        return facts.getOrDefault(name, "");
    }

    /** What the workload of that name gave. */
    public Optional<WorkloadResult> workload(String name) {
        return workloads.stream()
                .filter(workload -> workload.name().equals(name))
                .findFirst();
    }
}
