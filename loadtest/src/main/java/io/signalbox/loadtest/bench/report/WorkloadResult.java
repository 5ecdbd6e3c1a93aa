package io.signalbox.loadtest.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one workload gave.
 *
 * @param name of the workload
 * @param title for people
 * @param requestsPerSecond that were sent; absent where the client sent as many as it could
 * @param comparisons whose figures are divided by whose
 * @param measurements of all rounds
 * @param syscallsPerRequest by contender, counted in a round of its own
 * @param secondsP99 by contender, the p99 of each second since its start, in microseconds
 * @param leftOut contenders that failed, with the reason; nothing of them counts. Absent in results of before there was
 *     such a thing
 * @param problem why there is nothing more; absent if all went well
 */
public record WorkloadResult(
        String name,
        String title,
        @Nullable Integer requestsPerSecond,
        List<Comparison> comparisons,
        List<Measurement> measurements,
        Map<String, Double> syscallsPerRequest,
        Map<String, List<Double>> secondsP99,
        @Nullable Map<String, String> leftOut,
        @Nullable String problem) {

    public WorkloadResult {
        comparisons = List.copyOf(comparisons);
        measurements = List.copyOf(measurements);
        syscallsPerRequest = new TreeMap<>(syscallsPerRequest);
        secondsP99 = new TreeMap<>(secondsP99);
        leftOut = leftOut == null ? null : new TreeMap<>(leftOut);
    }

    /** A workload that could not be measured. */
    public static WorkloadResult failed(String name, String title, String problem) {
        return new WorkloadResult(name, title, null, List.of(), List.of(), Map.of(), Map.of(), null, problem);
    }

    /** Names of the contenders, in the order of the first round. */
    public List<String> contenders() {
        return measurements.stream().map(Measurement::contender).distinct().toList();
    }

    /** A figure of a contender in each round. */
    public List<Double> values(String contender, Figure figure) {
        return measurements.stream()
                .filter(measurement -> measurement.contender().equals(contender))
                .map(figure::of)
                .filter(OptionalDouble::isPresent)
                .map(OptionalDouble::getAsDouble)
                .toList();
    }

    /** The ratio of a figure in each round in which both have it: what a machine's drift does to both cancels out. */
    public Optional<Spread> ratio(Comparison comparison, Figure figure) {
        List<Double> own = values(comparison.of(), figure);
        List<Double> other = values(comparison.to(), figure);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(own.size(), other.size()); i++) {
            ratios.add(own.get(i) / other.get(i));
        }
        return Spread.of(ratios);
    }
}
