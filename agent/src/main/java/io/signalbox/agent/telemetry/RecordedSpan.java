package io.signalbox.agent.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.proxy.TracedRequest;
import org.jspecify.annotations.Nullable;

/**
 * A span that has ended. It keeps what the event loop knew; names and attributes are made of that where the span is
 * exported, on the exporter's thread. Immutable.
 *
 * @param attempt of a client span; null: the server span
 */
record RecordedSpan(
        SpanFormat format,
        TracedRequest request,
        SpanContext context,
        SpanContext parent,
        long startEpochNanos,
        long endEpochNanos,
        @Nullable Attempt attempt)
        implements ReadableSpan {
    /**
     * What a client span says besides.
     *
     * @param endpoint where it went
     * @param resendCount number of attempts before it
     * @param errorType why it failed, if another attempt followed
     */
    record Attempt(
            Endpoint endpoint, int resendCount, @Nullable String errorType) {}

    @Override
    public SpanData toSpanData() {
        return new DescribedSpan(this, SpanAttributes.describe(request, attempt, format.limits()));
    }

    @Override
    public SpanContext getSpanContext() {
        return context;
    }

    @Override
    public SpanContext getParentSpanContext() {
        return parent;
    }

    @Override
    public SpanKind getKind() {
        return attempt == null ? SpanKind.SERVER : SpanKind.CLIENT;
    }

    @Override
    public boolean hasEnded() {
        return true;
    }

    @Override
    public long getLatencyNanos() {
        return endEpochNanos - startEpochNanos;
    }

    @Override
    public String getName() {
        return toSpanData().getName();
    }

    @Override
    public Attributes getAttributes() {
        return toSpanData().getAttributes();
    }

    @Override
    public <T> @Nullable T getAttribute(AttributeKey<T> key) {
        return getAttributes().get(key);
    }

    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
        return format.scope();
    }

    @Override
    @SuppressWarnings("deprecation") // the interface still has it
    public io.opentelemetry.sdk.common.InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
        return io.opentelemetry.sdk.common.InstrumentationLibraryInfo.create(
                format.scope().getName(), format.scope().getVersion());
    }
}
