package io.signalbox.agent.telemetry;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Collects the metrics of one scrape. Labels are given as name and value in turn. */
final class MetricFamilies {
    private final List<Supplier<? extends MetricSnapshot>> builders = new ArrayList<>();

    /** The values of one metric. */
    interface Family {
        Family add(double value, String... labels);

        /** Counts are exact up to 2^53, like every number in Prometheus. */
        default Family add(long value, String... labels) {
            return add((double) value, labels);
        }
    }

    /** The values of one histogram. */
    interface Histograms {
        /** Adds counts per bucket, not cumulated, the last of them for what is above all bounds. */
        void add(long[] counts, double sum, String... labels);
    }

    /** A counter; the name is given without {@code _total}. */
    Family counter(String name, String help) {
        CounterSnapshot.Builder builder = CounterSnapshot.builder().name(name).help(help);
        builders.add(builder::build);
        return new Family() {
            @Override
            public Family add(double value, String... labels) {
                builder.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .value(value)
                        .labels(Labels.of(labels))
                        .build());
                return this;
            }
        };
    }

    Family gauge(String name, String help) {
        GaugeSnapshot.Builder builder = GaugeSnapshot.builder().name(name).help(help);
        builders.add(builder::build);
        return new Family() {
            @Override
            public Family add(double value, String... labels) {
                builder.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value(value)
                        .labels(Labels.of(labels))
                        .build());
                return this;
            }
        };
    }

    Histograms histogram(String name, String help, double[] upperBounds) {
        HistogramSnapshot.Builder builder =
                HistogramSnapshot.builder().name(name).help(help);
        builders.add(builder::build);
        double[] bounds = Arrays.copyOf(upperBounds, upperBounds.length + 1);
        bounds[upperBounds.length] = Double.POSITIVE_INFINITY;
        return (counts, sum, labels) -> builder.dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
                .sum(sum)
                .labels(Labels.of(labels))
                .build());
    }

    MetricSnapshots toSnapshots() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        builders.forEach(builder -> all.metricSnapshot(builder.get()));
        return all.build();
    }
}
