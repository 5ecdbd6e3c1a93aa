package io.signalbox.loadtest.bench.report;

import java.util.Collection;
import java.util.Optional;

/**
 * How values lie.
 *
 * @param median the one in the middle
 * @param least of them
 * @param greatest of them
 */
public record Spread(double median, double least, double greatest) {
    /** Of these values; empty if there are none. */
    public static Optional<Spread> of(Collection<Double> values) {
        if (values.isEmpty()) {
            return Optional.empty();
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return Optional.of(new Spread(median, sorted[0], sorted[sorted.length - 1]));
    }
}
