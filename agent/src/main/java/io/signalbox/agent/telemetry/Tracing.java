package io.signalbox.agent.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.signalbox.agent.proxy.RequestTrace;
import io.signalbox.agent.proxy.RequestTracing;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Traces requests with the OpenTelemetry SDK, as the standard {@code OTEL_*} variables configure it. Spans are handed
 * to a batch processor, so no event loop waits for an export; what does not fit its queue is dropped.
 */
public final class Tracing implements RequestTracing, AutoCloseable {
    /** Stays the name of a span only if its request never ends. */
    static final String UNNAMED = "HTTP";

    private static final String SCOPE = "io.signalbox.agent";
    private static final String SERVICE_NAME = "signalbox-agent";
    private static final AttributeKey<String> SERVICE_NAME_KEY = AttributeKey.stringKey("service.name");

    private final OpenTelemetrySdk sdk;
    private final Tracer tracer;
    private final Clock clock;
    private final boolean followsParent;
    private final @Nullable NewTraces newTraces;

    /**
     * Traces with an SDK that is configured already.
     *
     * @param sdk closed with this
     * @param ids what the SDK takes the ids of new traces from
     * @param version of the agent
     */
    Tracing(OpenTelemetrySdk sdk, TraceIds ids, String version) {
        this.sdk = sdk;
        this.tracer = sdk.getSdkTracerProvider()
                .tracerBuilder(SCOPE)
                .setInstrumentationVersion(version)
                .build();
        this.clock = Clock.getDefault();
        Sampler sampler = sdk.getSdkTracerProvider().getSampler();
        this.followsParent = sampler.getDescription().startsWith("ParentBased{");
        this.newTraces = NewTraces.decidesBefore(sampler) ? new NewTraces(sampler, ids) : null;
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
        TraceIds ids = new TraceIds();
        OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                .disableShutdownHook()
                .addTracerProviderCustomizer((provider, properties) -> provider.setIdGenerator(ids))
                .addPropertiesSupplier(() -> Map.of("otel.metrics.exporter", "none", "otel.logs.exporter", "none"))
                .addResourceCustomizer((resource, properties) -> resource(resource, node, version))
                .build()
                .getOpenTelemetrySdk();
        return new Tracing(sdk, ids, version);
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
        Context parent = Context.root();
        if (traceparent != null && TraceParent.isValid(traceparent)) {
            if (followsParent && !TraceParent.isSampled(traceparent)) {
                return null;
            }
            parent = parent(traceparent, tracestate);
        } else if (newTraces != null && !newTraces.begin()) {
            return null;
        }
        long startEpochNanos = clock.now();
        Span server = tracer.spanBuilder(UNNAMED)
                .setParent(parent)
                .setSpanKind(SpanKind.SERVER)
                .setStartTimestamp(startEpochNanos, TimeUnit.NANOSECONDS)
                .startSpan();
        return server.isRecording() ? new SampledTrace(tracer, clock, server, startEpochNanos) : null;
    }

    private static Context parent(CharSequence traceparent, @Nullable CharSequence tracestate) {
        SpanContext remote = SpanContext.createFromRemoteParent(
                TraceParent.traceId(traceparent),
                TraceParent.spanId(traceparent),
                TraceFlags.fromByte(TraceParent.flags(traceparent)),
                tracestate == null ? TraceState.getDefault() : traceState(traceparent, tracestate));
        return Context.root().with(Span.wrap(remote));
    }

    private static TraceState traceState(CharSequence traceparent, CharSequence tracestate) {
        List<CharSequence> headers = List.of(traceparent, tracestate);
        Context extracted =
                W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, HeaderGetter.INSTANCE);
        return Span.fromContext(extracted).getSpanContext().getTraceState();
    }

    /** The header for a span context. */
    static String traceparent(SpanContext context) {
        return "00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                + context.getTraceFlags().asHex();
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
