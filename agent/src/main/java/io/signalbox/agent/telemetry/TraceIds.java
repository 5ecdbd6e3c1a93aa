package io.signalbox.agent.telemetry;

import io.opentelemetry.sdk.trace.IdGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Ids of traces and spans: random, but for the trace id that {@link #useNext} chose for the trace that this thread
 * begins next. Thread-safe.
 */
final class TraceIds implements IdGenerator {
    private final IdGenerator random = IdGenerator.random();
    private final ThreadLocal<@Nullable String> next = new ThreadLocal<>();

    /** The next trace of this thread gets that id. */
    void useNext(String traceId) {
        next.set(traceId);
    }

    @Override
    public String generateTraceId() {
        String chosen = next.get();
        if (chosen == null) {
            return random.generateTraceId();
        }
        next.remove();
        return chosen;
    }

    @Override
    public String generateSpanId() {
        return random.generateSpanId();
    }
}
