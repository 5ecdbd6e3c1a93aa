package io.signalbox.agent.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.Clock;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.proxy.RequestTrace;
import io.signalbox.agent.proxy.TracedRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The spans of a request that is recorded. What a span says of the request is known only at its end, so attempts that
 * failed keep their spans open until then and end them at the time of the failure.
 */
final class SampledTrace implements RequestTrace {
    /** One client span; {@code endEpochNanos} is 0 while the attempt runs. */
    private static final class Attempt {
        private final Span span;
        private long endEpochNanos;
        private @Nullable String errorType;

        private Attempt(Span span) {
            this.span = span;
        }
    }

    private final Tracer tracer;
    private final Clock clock;
    private final Span server;
    private final long startEpochNanos;
    private final long startNanos;
    private final List<Attempt> attempts = new ArrayList<>(1);

    SampledTrace(Tracer tracer, Clock clock, Span server, long startEpochNanos) {
        this.tracer = tracer;
        this.clock = clock;
        this.server = server;
        this.startEpochNanos = startEpochNanos;
        this.startNanos = clock.nanoTime();
    }

    @Override
    public CharSequence startAttempt(Endpoint endpoint) {
        String address = endpoint.address().getHostAddress();
        Span span = tracer.spanBuilder(Tracing.UNNAMED)
                .setParent(Context.root().with(server))
                .setSpanKind(SpanKind.CLIENT)
                .setStartTimestamp(now(), TimeUnit.NANOSECONDS)
                .setAttribute(SpanAttributes.SERVER_ADDRESS, address)
                .setAttribute(SpanAttributes.SERVER_PORT, (long) endpoint.port())
                .setAttribute(SpanAttributes.PEER_ADDRESS, address)
                .setAttribute(SpanAttributes.PEER_PORT, (long) endpoint.port())
                .setAttribute(SpanAttributes.ENDPOINT, endpoint.toString())
                .startSpan();
        attempts.add(new Attempt(span));
        return Tracing.traceparent(span.getSpanContext());
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
        SpanAttributes attributes = new SpanAttributes(request);
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempts.get(i);
            if (attempt.errorType == null) {
                attributes.describeAttempt(attempt.span, i);
            } else {
                attributes.describeFailedAttempt(attempt.span, i, attempt.errorType);
            }
            attempt.span.end(attempt.endEpochNanos == 0 ? now : attempt.endEpochNanos, TimeUnit.NANOSECONDS);
        }
        attributes.describeRequest(server);
        server.end(now, TimeUnit.NANOSECONDS);
    }

    // Never runs backwards, as the wall clock may.
    private long now() {
        return startEpochNanos + (clock.nanoTime() - startNanos);
    }
}
