package io.signalbox.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.proxy.RequestTrace;
import io.signalbox.agent.proxy.TracedRequest;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TracingTest {
    private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN_ID = "b7ad6b7169203331";
    private static final String SAMPLED = "00-" + TRACE_ID + "-" + SPAN_ID + "-01";
    private static final String NOT_SAMPLED = "00-" + TRACE_ID + "-" + SPAN_ID + "-00";
    private static final Endpoint ENDPOINT = new Endpoint(InetAddress.getLoopbackAddress(), 8080);

    private static final Resource RESOURCE =
            Resource.create(Attributes.of(AttributeKey.stringKey("k8s.node.name"), "n"));

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private SpanLimits limits = SpanLimits.getDefault();
    private @Nullable Tracing tracing;

    @AfterEach
    void close() {
        if (tracing != null) {
            tracing.close();
        }
    }

    private Tracing tracing(Sampler sampler) {
        SpanProcessor processor = SimpleSpanProcessor.create(exporter);
        tracing = new Tracing(
                OpenTelemetrySdk.builder()
                        .setTracerProvider(SdkTracerProvider.builder()
                                .setSampler(sampler)
                                .setSpanLimits(limits)
                                .addSpanProcessor(processor)
                                .build())
                        .build(),
                processor,
                RESOURCE,
                "test");
        return tracing;
    }

    private static TracedRequest request(int status, @Nullable String grpcStatus) {
        return new TracedRequest(
                "2",
                grpcStatus == null ? "GET" : "POST",
                "catalog.shop:81",
                grpcStatus == null ? "/items?sig=abc&page=2" : "/shop.Catalog/List",
                grpcStatus != null,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000),
                "shop/cart-1",
                "catalog.shop",
                "catalog.shop:81",
                "0011",
                "VirtualService/shop/catalog#canary",
                status,
                grpcStatus,
                null,
                3,
                5);
    }

    private static RequestTrace start(Tracing tracing, @Nullable String traceparent, @Nullable String tracestate) {
        return Objects.requireNonNull(tracing.start(traceparent, tracestate));
    }

    private SpanData span(SpanKind kind) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getKind() == kind)
                .findFirst()
                .orElseThrow();
    }

    private static @Nullable Object attribute(SpanData span, String key) {
        return span.getAttributes().asMap().entrySet().stream()
                .filter(entry -> entry.getKey().getKey().equals(key))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    @Test
    void aSampledParentGetsAServerAndAClientSpan() {
        RequestTrace trace = start(tracing(Sampler.parentBased(Sampler.alwaysOff())), SAMPLED, "vendor=1");
        String sent = trace.startAttempt(ENDPOINT).toString();
        trace.end(request(200, null));

        SpanData server = span(SpanKind.SERVER);
        SpanData client = span(SpanKind.CLIENT);
        assertThat(server.getTraceId()).isEqualTo(TRACE_ID);
        assertThat(server.getParentSpanId()).isEqualTo(SPAN_ID);
        assertThat(client.getParentSpanId()).isEqualTo(server.getSpanId());
        assertThat(client.getSpanContext().getTraceState().get("vendor")).isEqualTo("1");
        assertThat(sent).isEqualTo("00-" + TRACE_ID + "-" + client.getSpanId() + "-01");
        assertThat(server.getName()).isEqualTo("GET");
        assertThat(attribute(server, "url.path")).isEqualTo("/items");
        assertThat(attribute(server, "url.query")).isEqualTo("sig=REDACTED&page=2");
        assertThat(attribute(server, "server.address")).isEqualTo("catalog.shop");
        assertThat(attribute(server, "server.port")).isEqualTo(81L);
        assertThat(attribute(server, "http.response.status_code")).isEqualTo(200L);
        assertThat(attribute(server, "signalbox.snapshot.version")).isEqualTo("0011");
        assertThat(attribute(server, "signalbox.rule")).isEqualTo("VirtualService/shop/catalog#canary");
        assertThat(attribute(client, "signalbox.endpoint")).isEqualTo("127.0.0.1:8080");
        assertThat(attribute(client, "url.full")).isEqualTo("http://catalog.shop:81/items?sig=REDACTED&page=2");
        assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theShareOfNewTracesIsSampled(boolean parentBased) {
        Sampler share = Sampler.traceIdRatioBased(0.25);
        Tracing sampling = tracing(parentBased ? Sampler.parentBased(share) : share);
        List<String> sent = IntStream.range(0, 400)
                .mapToObj(i -> sampling.start(null, null))
                .filter(Objects::nonNull)
                .map(trace -> {
                    String traceparent = trace.startAttempt(ENDPOINT).toString();
                    trace.end(request(200, null));
                    return traceparent;
                })
                .toList();

        assertThat(sent).allMatch(TraceParent::isValid).allMatch(TraceParent::isSampled);
        List<String> traces = sent.stream().map(TraceParent::traceId).toList();
        // Of 400 a quarter; beyond these bounds once in 10^12 runs.
        assertThat(traces).doesNotHaveDuplicates().hasSizeBetween(40, 170);
        assertThat(exporter.getFinishedSpanItems().stream()
                        .filter(span -> span.getKind() == SpanKind.SERVER)
                        .map(SpanData::getTraceId))
                .containsExactlyElementsOf(traces);
    }

    @ParameterizedTest(name = "of all traces {0}")
    @ValueSource(doubles = {0, 1})
    void theEndsOfTheRangeSampleNothingAndEverything(double ratio) {
        Tracing sampling = tracing(Sampler.traceIdRatioBased(ratio));
        assertThat(IntStream.range(0, 400).filter(i -> sampling.start(null, null) != null))
                .hasSize((int) (400 * ratio));
    }

    @Test
    void aSpanSaysWhoRecordedIt() {
        RequestTrace trace = start(tracing(Sampler.alwaysOn()), null, null);
        trace.end(request(200, null));
        SpanData server = span(SpanKind.SERVER);
        assertThat(server.getResource()).isEqualTo(RESOURCE);
        assertThat(server.getInstrumentationScopeInfo().getName()).isEqualTo("io.signalbox.agent");
        assertThat(server.getInstrumentationScopeInfo().getVersion()).isEqualTo("test");
        assertThat(server.hasEnded()).isTrue();
        assertThat(server.getEndEpochNanos()).isGreaterThanOrEqualTo(server.getStartEpochNanos());
    }

    @Test
    void theLimitsOfSpansAreKept() {
        limits = SpanLimits.builder()
                .setMaxNumberOfAttributes(3)
                .setMaxAttributeValueLength(4)
                .build();
        RequestTrace trace = start(tracing(Sampler.alwaysOn()), null, null);
        trace.end(request(200, null));
        SpanData server = span(SpanKind.SERVER);
        assertThat(server.getAttributes().size()).isEqualTo(3);
        assertThat(server.getTotalAttributeCount()).isGreaterThan(10);
        assertThat(server.getAttributes().asMap().values())
                .allSatisfy(value -> assertThat(value.toString()).hasSizeLessThanOrEqualTo(4));
    }

    @Test
    void aTraceStaysRandomIfItIs() {
        RequestTrace trace =
                start(tracing(Sampler.parentBased(Sampler.alwaysOn())), SAMPLED.replace("-01", "-03"), null);
        assertThat(trace.startAttempt(ENDPOINT).toString()).endsWith("-03");
    }

    @Test
    void eachAttemptHasASpanOfItsOwn() {
        RequestTrace trace = start(tracing(Sampler.alwaysOn()), null, null);
        trace.startAttempt(ENDPOINT);
        trace.attemptFailed("connect_failure");
        trace.startAttempt(ENDPOINT);
        trace.end(request(200, null));
        List<SpanData> clients = exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getKind() == SpanKind.CLIENT)
                .toList();
        assertThat(clients).hasSize(2);
        assertThat(attribute(clients.get(0), "error.type")).isEqualTo("connect_failure");
        assertThat(attribute(clients.get(0), "http.request.resend_count")).isNull();
        assertThat(attribute(clients.get(1), "http.request.resend_count")).isEqualTo(1L);
        assertThat(clients.get(1).getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }

    @ParameterizedTest(name = "HTTP {0}, gRPC {1}: server {2}, client {3}")
    @CsvSource(
            nullValues = "-",
            value = {
                "200, -, UNSET, UNSET",
                "404, -, UNSET, ERROR",
                "503, -, ERROR, ERROR",
                "0, -, ERROR, ERROR",
                "200, 0, UNSET, UNSET",
                "200, 5, UNSET, ERROR",
                "200, 14, ERROR, ERROR"
            })
    void theStatusFollowsTheConventions(int status, @Nullable String grpc, StatusCode server, StatusCode client) {
        RequestTrace trace = start(tracing(Sampler.alwaysOn()), null, null);
        trace.startAttempt(ENDPOINT);
        trace.end(request(status, grpc));
        assertThat(span(SpanKind.SERVER).getStatus().getStatusCode()).isEqualTo(server);
        assertThat(span(SpanKind.CLIENT).getStatus().getStatusCode()).isEqualTo(client);
    }

    @Test
    void aGrpcCallIsNamedByItsMethod() {
        RequestTrace trace = start(tracing(Sampler.alwaysOn()), null, null);
        trace.startAttempt(ENDPOINT);
        trace.end(request(200, "14"));
        SpanData server = span(SpanKind.SERVER);
        assertThat(server.getName()).isEqualTo("shop.Catalog/List");
        assertThat(server.getAttributes().get(AttributeKey.stringKey("rpc.method")))
                .isEqualTo("shop.Catalog/List");
        assertThat(attribute(server, "rpc.system.name")).isEqualTo("grpc");
        assertThat(attribute(server, "rpc.response.status_code")).isEqualTo("UNAVAILABLE");
        assertThat(attribute(server, "error.type")).isEqualTo("UNAVAILABLE");
    }

    @Test
    void aParentThatIsNotSampledIsLeftAlone() {
        assertThat(tracing(Sampler.parentBased(Sampler.alwaysOn())).start(NOT_SAMPLED, null))
                .isNull();
    }

    /** Without a word upstream: what an application's own sampler decides about is not silenced by a proxy. */
    @Test
    void aTraceThatIsNotSampledIsNotBegun() {
        assertThat(tracing(Sampler.parentBased(Sampler.alwaysOff())).start(null, null))
                .isNull();
        assertThat(tracing(Sampler.traceIdRatioBased(0)).start(SAMPLED, null)).isNull();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "",
                "00",
                "ff-" + TRACE_ID + "-" + SPAN_ID + "-01",
                "00-00000000000000000000000000000000-" + SPAN_ID + "-01",
                "00-" + TRACE_ID + "-0000000000000000-01",
                "00-0AF7651916cd43dd8448eb211c80319c-" + SPAN_ID + "-01",
                SAMPLED + "-extra",
                "00-" + TRACE_ID + "-" + SPAN_ID + "-0g",
                "00_" + TRACE_ID + "-" + SPAN_ID + "-01"
            })
    void aParentThatIsNotValidCountsAsAbsent(String traceparent) {
        RequestTrace trace = start(tracing(Sampler.alwaysOn()), traceparent, "vendor=1");
        trace.end(request(200, null));
        assertThat(span(SpanKind.SERVER).getParentSpanContext().isValid()).isFalse();
    }

    @Test
    void aParentOfALaterVersionIsUnderstood() {
        assertThat(TraceParent.isValid("01-" + TRACE_ID + "-" + SPAN_ID + "-01-more"))
                .isTrue();
    }

    @ParameterizedTest(name = "traceparent {0}")
    @NullSource
    @ValueSource(strings = NOT_SAMPLED)
    void aRequestThatIsNotSampledAllocatesNothing(@Nullable String traceparent) {
        Tracing off = tracing(Sampler.parentBased(Sampler.traceIdRatioBased(0)));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                if (off.start(traceparent, null) != null) {
                    throw new AssertionError("sampled");
                }
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(10_000);
    }

    @ParameterizedTest(name = "{0}={1}: {2}")
    @CsvSource({
        "OTHER, x, false",
        "OTEL_TRACES_EXPORTER, otlp, true",
        "OTEL_TRACES_EXPORTER, none, false",
        "OTEL_EXPORTER_OTLP_ENDPOINT, http://c:4317, true",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, http://c:4317, true"
    })
    void tracesOnlyWhereTheEnvironmentAsksForIt(String name, String value, boolean expected) {
        assertThat(Tracing.isWanted(Map.of(name, value))).isEqualTo(expected);
    }
}
