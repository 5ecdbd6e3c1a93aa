package io.signalbox.agent.telemetry;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.proxy.RequestTrace;
import io.signalbox.agent.proxy.TracedRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The spans of a request that is recorded. What a span says of the request is known only at its end, so all of them,
 * also those of attempts that failed earlier, are handed on then.
 */
final class SampledTrace implements RequestTrace {
    /** One client span; {@code endEpochNanos} is 0 while the attempt runs. */
    private static final class Attempt {
        private final Endpoint endpoint;
        private final SpanContext context;
        private final long startEpochNanos;
        private long endEpochNanos;
        private @Nullable String errorType;

        private Attempt(Endpoint endpoint, SpanContext context, long startEpochNanos) {
            this.endpoint = endpoint;
            this.context = context;
            this.startEpochNanos = startEpochNanos;
        }
    }

    private final SpanFormat format;
    private final SpanProcessor processor;
    private final IdGenerator ids;
    private final Clock clock;
    private final SpanContext context;
    private final SpanContext parent;
    private final long startEpochNanos;
    private final long startNanos;
    private final List<Attempt> attempts = new ArrayList<>(1);

    /**
     * Begins the server span.
     *
     * @param processor gets the spans
     * @param context of the server span
     * @param parent of that; not valid: none
     */
    SampledTrace(
            SpanFormat format,
            SpanProcessor processor,
            IdGenerator ids,
            Clock clock,
            SpanContext context,
            SpanContext parent) {
        this.format = format;
        this.processor = processor;
        this.ids = ids;
        this.clock = clock;
        this.context = context;
        this.parent = parent;
        this.startEpochNanos = clock.now();
        this.startNanos = clock.nanoTime();
    }

    @Override
    public CharSequence startAttempt(Endpoint endpoint) {
        SpanContext client = SpanContext.create(
                context.getTraceId(), ids.generateSpanId(), context.getTraceFlags(), context.getTraceState());
        attempts.add(new Attempt(endpoint, client, now()));
        return TraceParent.of(client);
    }

    @Override
    public void attemptFailed(String errorType) {
        if (!attempts.isEmpty()) {
            Attempt attempt = attempts.getLast();
            attempt.errorType = errorType;
            attempt.endEpochNanos = now();
        }
    }

    @Override
    public void end(TracedRequest request) {
        long now = now();
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempts.get(i);
            processor.onEnd(new RecordedSpan(
                    format,
                    request,
                    attempt.context,
                    context,
                    attempt.startEpochNanos,
                    attempt.endEpochNanos == 0 ? now : attempt.endEpochNanos,
                    new RecordedSpan.Attempt(attempt.endpoint, i, attempt.errorType)));
        }
        processor.onEnd(new RecordedSpan(format, request, context, parent, startEpochNanos, now, null));
    }

    // Never runs backwards, as the wall clock may.
    private long now() {
        return startEpochNanos + (clock.nanoTime() - startNanos);
    }
}
