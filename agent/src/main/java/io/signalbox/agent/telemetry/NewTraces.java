package io.signalbox.agent.telemetry;

import io.netty.util.AsciiString;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides about requests that bring no trace before anything is made for a span: of a thousand requests hardly one is
 * sampled, and a span that is thrown away costs more than all the rest of a small request.
 *
 * <p>Only for samplers that look at nothing but the trace id, since the SDK asks them again about what is sampled.
 */
final class NewTraces {
    private static final byte[] TRACEPARENT =
            "00-00000000000000000000000000000000-0000000000000000-00".getBytes(StandardCharsets.US_ASCII);
    private static final int TRACE_ID = 3;
    private static final int SPAN_ID = 36;
    private static final int HALF = TraceIds.TRACE_ID_LENGTH / 2;

    private final Sampler sampler;
    private final TraceIds ids;

    NewTraces(Sampler sampler, TraceIds ids) {
        this.sampler = sampler;
        this.ids = ids;
    }

    /** Whether the sampler's answer about a new trace hangs on the trace id alone. */
    static boolean decidesBefore(Sampler sampler) {
        String description = sampler.getDescription();
        String root = description.startsWith("ParentBased{root:")
                ? description.substring("ParentBased{root:".length())
                : description;
        return root.startsWith("TraceIdRatioBased{") || root.startsWith("AlwaysOffSampler");
    }

    /**
     * Begins a trace.
     *
     * @return null when it is sampled: the next span without a parent that this thread starts is its first
     */
    @Nullable
    UnsampledTrace begin() {
        byte[] traceparent = TRACEPARENT.clone();
        TraceIds.writeRandom(traceparent, TRACE_ID);
        TraceIds.writeRandom(traceparent, TRACE_ID + HALF);
        String traceId = new String(traceparent, TRACE_ID, TraceIds.TRACE_ID_LENGTH, StandardCharsets.ISO_8859_1);
        SamplingDecision decision = sampler.shouldSample(
                        Context.root(), traceId, Tracing.UNNAMED, SpanKind.SERVER, Attributes.empty(), List.of())
                .getDecision();
        if (decision != SamplingDecision.DROP) {
            ids.useNext(traceId);
            return null;
        }
        TraceIds.writeRandom(traceparent, SPAN_ID);
        return new UnsampledTrace(new AsciiString(traceparent, false));
    }
}
