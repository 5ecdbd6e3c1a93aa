package io.signalbox.loadtest.k6;

import io.signalbox.loadtest.harness.AgentProgram;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Samples an agent at intervals, on a thread of its own, until it is closed. */
final class Sampler implements AutoCloseable {
    private final List<AgentSample> samples = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AgentProgram agent;
    private final Duration interval;
    private final long begun = System.nanoTime();
    private final Thread thread;
    private int missed;

    Sampler(AgentProgram agent, Duration interval) {
        this.agent = agent;
        this.interval = interval;
        this.thread = Thread.ofPlatform().daemon().name("agent-sampler").start(this::run);
    }

    /** Times that the agent did not tell, once it is closed. */
    int missed() {
        return missed;
    }

    /** All samples, once it is closed. */
    List<AgentSample> samples() {
        return List.copyOf(samples);
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static String csv(List<AgentSample> samples) {
        return "seconds,pss_bytes,heap_bytes,buffer_bytes,connections\n"
                + samples.stream()
                        .map(sample -> String.format(
                                Locale.ROOT,
                                "%.1f,%d,%d,%d,%d%n",
                                sample.seconds(),
                                sample.pssBytes(),
                                sample.heapBytes(),
                                sample.bufferBytes(),
                                sample.connections()))
                        .collect(Collectors.joining());
    }

    private void run() {
        try {
            while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    samples.add(AgentSample.of(agent, (System.nanoTime() - begun) / 1e9));
                } catch (UncheckedIOException e) {
                    // The machine may be too busy, or the agent gone; the latter is looked at in the end.
                    missed++;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
