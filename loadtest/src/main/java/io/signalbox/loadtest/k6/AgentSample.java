package io.signalbox.loadtest.k6;

import io.signalbox.loadtest.harness.AgentProgram;
import io.signalbox.loadtest.harness.Metrics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What the agent held at a moment.
 *
 * @param seconds since sampling began
 * @param pssBytes resident memory, shared pages divided among those that share them
 * @param heapBytes in use, garbage included
 * @param bufferBytes that socket buffers hold outside the heap
 * @param connections from callers that are open
 */
record AgentSample(double seconds, long pssBytes, long heapBytes, long bufferBytes, long connections) {
    static AgentSample of(AgentProgram agent, double seconds) {
        Metrics metrics = agent.admin().metrics();
        return new AgentSample(
                seconds,
                agent.process().stats().pssBytes(),
                metrics.sumBy("jvm_memory_used_bytes", "area")
                        .getOrDefault("heap", 0.0)
                        .longValue(),
                (long) metrics.sum("signalbox_buffer_memory_bytes"),
                (long) metrics.sum("signalbox_downstream_connections_active"));
    }

    /** What is told of them: the last, the greatest memory, and how often the agent did not answer in time. */
    static Map<String, String> notes(List<AgentSample> samples, int missed) {
        if (samples.isEmpty()) {
            return Map.of();
        }
        double mebibyte = 1024 * 1024;
        return Map.of(
                "agent",
                String.format(
                        Locale.ROOT,
                        "Pss %.0f MiB at the end, %.0f at most; heap %.0f MiB and socket buffers %.0f MiB at most; %d"
                                + " connections at most; %d of %d samples missed",
                        samples.getLast().pssBytes() / mebibyte,
                        greatest(samples, AgentSample::pssBytes) / mebibyte,
                        greatest(samples, AgentSample::heapBytes) / mebibyte,
                        greatest(samples, AgentSample::bufferBytes) / mebibyte,
                        greatest(samples, AgentSample::connections),
                        missed,
                        missed + samples.size()));
    }

    private static long greatest(List<AgentSample> samples, ToLongFunction<AgentSample> figure) {
        return samples.stream().mapToLong(figure).max().orElse(0);
    }
}
