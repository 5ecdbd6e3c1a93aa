package io.signalbox.loadtest.bench.report;

/**
 * Latencies, in microseconds.
 *
 * @param p50 the median
 * @param p90 exceeded by a tenth of the requests
 * @param p99 exceeded by a hundredth
 * @param p999 exceeded by a thousandth
 */
public record Percentiles(double p50, double p90, double p99, double p999) {}
