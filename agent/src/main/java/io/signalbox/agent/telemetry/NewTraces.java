package io.signalbox.agent.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Decides about requests that bring no trace by one random number, before anything is made for a span or an id: of a
 * thousand requests hardly one is sampled. Thread-safe.
 *
 * <p>Only for samplers that look at nothing but the trace id. Those sample when the second half of the id, taken as a
 * number without its sign, lies below a bound ({@code TraceIdRatioBasedSampler}); the bound is found by asking.
 */
final class NewTraces {
    private static final HexFormat HEX = HexFormat.of();

    private final long bound;

    NewTraces(Sampler sampler) {
        this.bound = bound(sampler);
    }

    /** Whether the sampler's answer about a new trace hangs on the trace id alone. */
    static boolean decidesBefore(Sampler sampler) {
        String description = sampler.getDescription();
        String root = description.startsWith("ParentBased{root:")
                ? description.substring("ParentBased{root:".length())
                : description;
        return root.startsWith("TraceIdRatioBased{") || root.startsWith("AlwaysOffSampler");
    }

    /** The least number that is not sampled. */
    private static long bound(Sampler sampler) {
        long from = 0;
        long to = Long.MAX_VALUE;
        while (from < to) {
            long middle = from + (to - from) / 2;
            if (samples(sampler, middle)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    private static boolean samples(Sampler sampler, long number) {
        return sampler.shouldSample(
                                Context.root(), traceId(1, number), "", SpanKind.SERVER, Attributes.empty(), List.of())
                        .getDecision()
                != SamplingDecision.DROP;
    }

    private static String traceId(long first, long second) {
        return HEX.toHexDigits(first) + HEX.toHexDigits(second);
    }

    /** The id of a trace to begin; null: none is begun. */
    @Nullable
    String begin() {
        ThreadLocalRandom numbers = ThreadLocalRandom.current();
        long number = numbers.nextLong();
        // An id of nothing but zeros is no id.
        return Math.abs(number) >= bound ? null : traceId(numbers.nextLong() | 1, number);
    }
}
