package io.signalbox.agent.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import io.signalbox.agent.proxy.RequestTrace;
import io.signalbox.agent.proxy.RequestTracing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Traces requests as the OpenTelemetry SDK's sampler says, and hands the spans to its processors, both configured by
 * the standard {@code OTEL_*} variables: to a batch processor, so no event loop waits for an export; what does not fit
 * its queue is dropped. The spans themselves are the agent's own ({@link RecordedSpan}): the SDK's can be changed and
 * read by several threads at any time, which made them two thirds of what a sampled request costs an event loop.
 */
public final class Tracing implements RequestTracing, AutoCloseable {
    private static final String SCOPE = "io.signalbox.agent";
    private static final String SERVICE_NAME = "signalbox-agent";
    private static final AttributeKey<String> SERVICE_NAME_KEY = AttributeKey.stringKey("service.name");

    /** Of {@code traceparent}: sampled, and made of random numbers. */
    private static final byte SAMPLED = 1;

    private static final byte RANDOM = 2;

    /**
     * Where the environment is silent. An export costs about a millisecond besides its spans, so batches are twice as
     * large as the SDK's; some 700 kB, below the 4 MiB that a collector takes.
     */
    private static final Map<String, String> DEFAULTS = Map.of(
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none",
            "otel.bsp.max.export.batch.size", "1024",
            "otel.bsp.max.queue.size", "4096");

    private final OpenTelemetrySdk sdk;
    private final SpanProcessor processor;
    private final SpanFormat format;
    private final Sampler sampler;
    private final IdGenerator ids = IdGenerator.random();
    private final Clock clock = Clock.getDefault();
    private final boolean followsParent;
    private final @Nullable NewTraces newTraces;

    /**
     * Traces with an SDK that is configured already.
     *
     * @param sdk closed with this
     * @param processor the SDK's; closed with it
     * @param resource the SDK's
     * @param version of the agent
     */
    Tracing(OpenTelemetrySdk sdk, SpanProcessor processor, Resource resource, String version) {
        this.sdk = sdk;
        this.processor = processor;
        SdkTracerProvider provider = sdk.getSdkTracerProvider();
        this.format = new SpanFormat(
                resource,
                InstrumentationScopeInfo.builder(SCOPE).setVersion(version).build(),
                provider.getSpanLimits());
        this.sampler = provider.getSampler();
        this.followsParent = sampler.getDescription().startsWith("ParentBased{");
        this.newTraces = NewTraces.decidesBefore(sampler) ? new NewTraces(sampler) : null;
    }

    /**
     * Whether the environment asks for traces: an exporter is named, or an OTLP endpoint is. Without either nothing is
     * traced, and trace headers pass as they came.
     */
    public static boolean isWanted(Map<String, String> environment) {
        if ("true".equalsIgnoreCase(environment.get("OTEL_SDK_DISABLED"))) {
            return false;
        }
        String exporter = environment.getOrDefault("OTEL_TRACES_EXPORTER", "");
        if (!exporter.isBlank()) {
            return !exporter.strip().toLowerCase(Locale.ROOT).equals("none");
        }
        return !environment.getOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT", "").isBlank()
                || !environment
                        .getOrDefault("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "")
                        .isBlank();
    }

    /**
     * Configures the SDK from the process's environment. Its metrics and logs are off unless asked for.
     *
     * @throws RuntimeException the SDK's own, when the environment cannot be used
     */
    public static Tracing fromEnvironment(String node, String version) {
        List<SpanProcessor> processors = new ArrayList<>();
        AtomicReference<Resource> resource = new AtomicReference<>(Resource.empty());
        OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                .disableShutdownHook()
                .addPropertiesSupplier(() -> DEFAULTS)
                .addResourceCustomizer((configured, properties) -> {
                    resource.set(resource(configured, node, version));
                    return resource.get();
                })
                .addSpanProcessorCustomizer((processor, properties) -> {
                    processors.add(processor);
                    return processor;
                })
                .build()
                .getOpenTelemetrySdk();
        return new Tracing(sdk, SpanProcessor.composite(processors), resource.get(), version);
    }

    // What OTEL_RESOURCE_ATTRIBUTES or OTEL_SERVICE_NAME say wins.
    private static Resource resource(Resource configured, String node, String version) {
        Resource ours = Resource.create(Attributes.of(
                AttributeKey.stringKey("k8s.node.name"), node,
                AttributeKey.stringKey("service.version"), version));
        Resource merged = ours.merge(configured);
        String name = configured.getAttribute(SERVICE_NAME_KEY);
        return name == null || name.startsWith("unknown_service")
                ? merged.merge(Resource.create(Attributes.of(SERVICE_NAME_KEY, SERVICE_NAME)))
                : merged;
    }

    @Override
    public @Nullable RequestTrace start(@Nullable CharSequence traceparent, @Nullable CharSequence tracestate) {
        SpanContext parent = SpanContext.getInvalid();
        String traceId;
        if (traceparent != null && TraceParent.isValid(traceparent)) {
            if (followsParent && !TraceParent.isSampled(traceparent)) {
                return null;
            }
            parent = parent(traceparent, tracestate);
            traceId = parent.getTraceId();
        } else if (newTraces != null) {
            traceId = newTraces.begin();
            return traceId == null ? null : trace(traceId, parent, parent.getTraceState());
        } else {
            traceId = ids.generateTraceId();
        }
        SamplingResult result = sampler.shouldSample(
                Context.root().with(Span.wrap(parent)), traceId, "", SpanKind.SERVER, Attributes.empty(), List.of());
        return result.getDecision() == SamplingDecision.RECORD_AND_SAMPLE
                ? trace(traceId, parent, result.getUpdatedTraceState(parent.getTraceState()))
                : null;
    }

    private SampledTrace trace(String traceId, SpanContext parent, TraceState state) {
        TraceFlags flags =
                TraceFlags.fromByte((byte) (SAMPLED | (parent.getTraceFlags().asByte() & RANDOM)));
        SpanContext context = SpanContext.create(traceId, ids.generateSpanId(), flags, state);
        return new SampledTrace(format, processor, ids, clock, context, parent);
    }

    private static SpanContext parent(CharSequence traceparent, @Nullable CharSequence tracestate) {
        return SpanContext.createFromRemoteParent(
                TraceParent.traceId(traceparent),
                TraceParent.spanId(traceparent),
                TraceFlags.fromByte(TraceParent.flags(traceparent)),
                tracestate == null ? TraceState.getDefault() : traceState(traceparent, tracestate));
    }

    private static TraceState traceState(CharSequence traceparent, CharSequence tracestate) {
        List<CharSequence> headers = List.of(traceparent, tracestate);
        Context extracted =
                W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, HeaderGetter.INSTANCE);
        return Span.fromContext(extracted).getSpanContext().getTraceState();
    }

    /** Exports what has ended, for ten seconds at most, and ends the SDK's threads. */
    @Override
    public void close() {
        sdk.shutdown().join(10, TimeUnit.SECONDS);
    }

    private enum HeaderGetter implements TextMapGetter<List<CharSequence>> {
        INSTANCE;

        @Override
        public @Nullable String get(@Nullable List<CharSequence> carrier, String key) {
            if (carrier == null) {
                return null;
            }
            return switch (key) {
                case "traceparent" -> carrier.getFirst().toString();
                case "tracestate" -> carrier.getLast().toString();
                default -> null;
            };
        }
    }
}
