package io.signalbox.loadtest.k6;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Compares the second fifth of a soak with its last fifth: medians, so that one collection or one busy moment of the
 * machine says nothing.
 *
 * @param memoryMebibytes by which the agent's memory may grow
 * @param latencyFactor by which the median latency may grow, beyond one millisecond
 */
record DriftCheck(double memoryMebibytes, double latencyFactor) {
    private static final double NOISE_MILLIS = 1;
    private static final double MEBIBYTE = 1024 * 1024;
    private static final int LEAST = 5;

    /**
     * What was compared.
     *
     * @param subject with its unit
     * @param begin its median in the second fifth
     * @param end its median in the last fifth
     * @param allowed what {@code end} may be
     */
    record Drift(String subject, double begin, double end, double allowed) {
        boolean holds() {
            return end <= allowed;
        }

        String text() {
            return String.format(
                    Locale.ROOT, "%s: %.2f to %.2f (expected: at most %.2f)", subject, begin, end, allowed);
        }
    }

    /** Judges memory by the samples, and latency by the windows; fails with fewer than five of either. */
    List<Drift> judge(List<AgentSample> samples, List<RunSummary.Latency> windows) {
        if (samples.size() < LEAST || windows.size() < LEAST) {
            throw new IllegalArgumentException("soak: " + samples.size() + " samples of memory, " + windows.size()
                    + " windows of latency (expected: at least " + LEAST + " of each)");
        }
        List<Drift> drifts = new ArrayList<>();
        drifts.add(memory("agent Pss, MiB", samples, sample -> sample.pssBytes() / MEBIBYTE));
        drifts.add(memory("agent socket buffers, MiB", samples, sample -> sample.bufferBytes() / MEBIBYTE));
        drifts.add(latency("latency p50, ms", windows, RunSummary.Latency::p50));
        return drifts;
    }

    private Drift memory(String subject, List<AgentSample> samples, ToDoubleFunction<AgentSample> figure) {
        double begin = begin(samples, figure);
        return new Drift(subject, begin, end(samples, figure), begin + memoryMebibytes);
    }

    private Drift latency(
            String subject, List<RunSummary.Latency> windows, ToDoubleFunction<RunSummary.Latency> figure) {
        double begin = begin(windows, figure);
        return new Drift(subject, begin, end(windows, figure), begin * latencyFactor + NOISE_MILLIS);
    }

    private static <T> double begin(List<T> all, ToDoubleFunction<T> figure) {
        return median(all.subList(all.size() / 5, Math.max(all.size() / 5 + 1, all.size() * 2 / 5)), figure);
    }

    private static <T> double end(List<T> all, ToDoubleFunction<T> figure) {
        return median(all.subList(Math.min(all.size() - 1, all.size() * 4 / 5), all.size()), figure);
    }

    private static <T> double median(List<T> values, ToDoubleFunction<T> figure) {
        double[] sorted = values.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
