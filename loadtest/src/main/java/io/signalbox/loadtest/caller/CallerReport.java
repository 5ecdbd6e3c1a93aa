package io.signalbox.loadtest.caller;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.loadtest.harness.Tally;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/** What a caller has seen. The last line that it prints is this, as JSON. */
final class CallerReport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SLOWEST_NANOS = 120_000_000_000L;

    private final Tally tally = new Tally();
    private final ConcurrentHistogram latencies = new ConcurrentHistogram(1000, SLOWEST_NANOS, 2);
    private final LongAdder resent = new LongAdder();

    /** Counts a request that this endpoint answered, so long after it was due. */
    void answered(String endpoint, long nanos) {
        tally.answered(endpoint);
        latencies.recordValue(Math.min(nanos, SLOWEST_NANOS));
    }

    /** Counts a request that failed. */
    void failed(String reason) {
        tally.failed(reason);
    }

    /** Counts a request that went out again, since its idle connection turned out to be closed. */
    void resent() {
        resent.increment();
    }

    /** Requests that came to an end. */
    long ended() {
        return tally.answered() + tally.failed();
    }

    /** Requests that failed. */
    long failures() {
        return tally.failed();
    }

    /** One line. */
    String toJson() {
        ObjectNode json = JSON.createObjectNode();
        json.put("answered", tally.answered()).put("failed", tally.failed()).put("resent", resent.sum());
        Map<String, Long> counts = new TreeMap<>(tally.counts());
        counts.forEach(json.putObject("endpoints")::put);
        List<String> failures = tally.failures();
        failures.forEach(json.putArray("failures")::add);
        json.put("p50Millis", latencies.getValueAtPercentile(50) / 1e6)
                .put("p99Millis", latencies.getValueAtPercentile(99) / 1e6)
                .put("maxMillis", latencies.getMaxValue() / 1e6);
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
