package io.signalbox.loadtest.bench.report;

import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** What a measurement says. */
public enum Figure {
    /** User and system time per request, in microseconds. */
    CPU("CPU us/request"),
    /** Requests a second. */
    RATE("requests/s"),
    /** Share of the contender's CPU that it used. */
    CPU_USED("CPU used"),
    /** Memory, in megabytes. */
    PSS("Pss MB"),
    P50("p50 us"),
    P90("p90 us"),
    P99("p99 us"),
    P999("p99.9 us");

    private final String title;

    Figure(String title) {
        this.title = title;
    }

    /** Its name and unit, for people. */
    public String title() {
        return title;
    }

    /** Its value, if there is one. */
    public OptionalDouble of(Measurement measurement) {
        return switch (this) {
            case CPU -> OptionalDouble.of((double) measurement.cpuMicros() / measurement.requests());
            case RATE -> OptionalDouble.of(measurement.requests() / measurement.seconds());
            case CPU_USED -> OptionalDouble.of(measurement.cpuMicros() / 1e6 / measurement.seconds());
            case PSS -> OptionalDouble.of(measurement.pssBytes() / 1e6);
            case P50 -> latency(measurement, Percentiles::p50);
            case P90 -> latency(measurement, Percentiles::p90);
            case P99 -> latency(measurement, Percentiles::p99);
            case P999 -> latency(measurement, Percentiles::p999);
        };
    }

    private static OptionalDouble latency(Measurement measurement, ToDoubleFunction<Percentiles> percentile) {
        Percentiles latency = measurement.latency();
        return latency == null ? OptionalDouble.empty() : OptionalDouble.of(percentile.applyAsDouble(latency));
    }
}
