package io.signalbox.loadtest.startup;

import io.signalbox.loadtest.harness.HttpConnection;
import io.signalbox.loadtest.harness.MeshService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * GET requests at a fixed rate, over a fixed number of connections. A latency counts from when the request was due, so
 * that one slow response does not hide those that had to wait for it.
 */
final class FixedRate {
    private static final int CONNECTIONS = 8;
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final double PERCENTILE = 99;

    private FixedRate() {}

    /**
     * Sends for some seconds.
     *
     * @param rate requests a second, over all connections
     * @return for each second the 99th percentile of the latency in milliseconds, of the requests that were due in it
     */
    static List<Double> p99BySecond(MeshService<?> service, int rate, int seconds) throws InterruptedException {
        List<Histogram> histograms = Stream.generate(() -> (Histogram) new ConcurrentHistogram(3))
                .limit(seconds)
                .toList();
        long begin = System.nanoTime();
        long interval = SECOND_NANOS * CONNECTIONS / rate;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            long first = begin + interval * i / CONNECTIONS;
            threads.add(Thread.ofPlatform().start(() -> send(service, first, begin, interval, histograms)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return histograms.stream()
                .map(histogram -> histogram.getValueAtPercentile(PERCENTILE) / 1e6)
                .toList();
    }

    private static void send(
            MeshService<?> service, long first, long begin, long interval, List<Histogram> histograms) {
        long end = begin + histograms.size() * SECOND_NANOS;
        try (HttpConnection connection = HttpConnection.open(service.address())) {
            for (long due = first; due < end; due += interval) {
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                int status = connection.get(service.spec().host(), "/").status();
                if (status != 200) {
                    throw new IOException("status " + status + " (expected: 200)");
                }
                histograms.get((int) ((due - begin) / SECOND_NANOS)).recordValue(System.nanoTime() - due);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
