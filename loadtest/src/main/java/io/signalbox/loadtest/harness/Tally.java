package io.signalbox.loadtest.harness;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** Where requests went, and which failed. Safe for use by several threads. */
public final class Tally {
    private static final int KEPT_FAILURES = 10;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Map<String, LongAdder> byEndpoint = new ConcurrentHashMap<>();
    private final Map<String, Long> firstSeenNanos = new ConcurrentHashMap<>();
    private final LongAdder failed = new LongAdder();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    /** Counts a request that this endpoint answered. */
    public void answered(String endpoint) {
        LongAdder count = byEndpoint.get(endpoint);
        if (count == null) {
            firstSeenNanos.putIfAbsent(endpoint, System.nanoTime());
            count = byEndpoint.computeIfAbsent(endpoint, e -> new LongAdder());
        }
        count.increment();
    }

    /** Counts a request that failed. */
    public void failed(String reason) {
        failed.increment();
        if (failures.size() < KEPT_FAILURES) {
            failures.add(reason);
        }
    }

    /** Answered requests by endpoint. */
    public Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        byEndpoint.forEach((endpoint, count) -> counts.put(endpoint, count.sum()));
        return counts;
    }

    /** Answered requests by endpoint since {@code earlier}, which {@link #counts} gave then. */
    public Map<String, Long> countsSince(Map<String, Long> earlier) {
        Map<String, Long> counts = new TreeMap<>();
        counts().forEach((endpoint, count) -> counts.put(endpoint, count - earlier.getOrDefault(endpoint, 0L)));
        return counts;
    }

    /** Requests that were answered. */
    public long answered() {
        return byEndpoint.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Requests that failed. */
    public long failed() {
        return failed.sum();
    }

    /** Why the first few failed. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** Waits until that many more requests are answered. */
    public void awaitMore(long requests) {
        long goal = answered() + requests;
        Poll.until(
                DEADLINE,
                () -> answered() + " answered (expected: " + goal + "), failures " + failures,
                () -> answered() >= goal);
    }

    /**
     * Waits for the first answer of that endpoint; returns how long after {@code sinceNanos} (of System.nanoTime) it
     * came.
     */
    public Duration awaitEndpoint(String endpoint, long sinceNanos) {
        Poll.until(
                DEADLINE,
                () -> endpoint + " never answered: " + counts() + ", failures " + failures,
                () -> firstSeenNanos.containsKey(endpoint));
        return Duration.ofNanos(firstSeenNanos.getOrDefault(endpoint, sinceNanos) - sinceNanos);
    }

    /** Waits until that endpoint has got nothing during {@code requests} requests. */
    public void awaitWithout(String endpoint, long requests) {
        Poll.until(DEADLINE, () -> endpoint + " still gets requests: " + counts(), () -> {
            Map<String, Long> before = counts();
            awaitMore(requests);
            return countsSince(before).getOrDefault(endpoint, 0L) == 0;
        });
    }
}
