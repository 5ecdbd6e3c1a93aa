package io.signalbox.loadtest.harness;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Receives traces by OTLP over gRPC, as a collector does, and keeps them. */
public final class OtlpReceiver implements AutoCloseable {
    private final ConcurrentLinkedQueue<ReceivedSpan> spans = new ConcurrentLinkedQueue<>();
    private final Server server;

    /** Listens on a free port of 127.0.0.1. */
    public OtlpReceiver() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(new TraceService())
                .build()
                .start();
    }

    /** Environment of a program that is to send its traces here, quickly and all of those that its caller sampled. */
    public Map<String, String> environment() {
        return Map.of(
                "OTEL_TRACES_EXPORTER", "otlp",
                "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc",
                "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + server.getPort(),
                "OTEL_TRACES_SAMPLER", "parentbased_always_on",
                "OTEL_BSP_SCHEDULE_DELAY", "100");
    }

    /** Waits until that many spans of the trace are there; returns them in the order of their start. */
    public List<ReceivedSpan> awaitSpans(String traceId, int count, Duration deadline) {
        Poll.until(
                deadline,
                () -> "trace " + traceId + " (expected: " + count + " spans): " + spansOf(traceId) + ", received "
                        + spans.size() + " spans in all",
                () -> spansOf(traceId).size() >= count);
        return spansOf(traceId);
    }

    /** The spans of a trace that have come so far, in the order of their start. */
    public List<ReceivedSpan> spansOf(String traceId) {
        return spans.stream()
                .filter(span -> span.traceId().equals(traceId))
                .sorted((a, b) -> Long.compare(a.startNanos(), b.startNanos()))
                .toList();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class TraceService extends TraceServiceGrpc.TraceServiceImplBase {
        @Override
        public void export(ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> responses) {
            request.getResourceSpansList()
                    .forEach(resource -> resource.getScopeSpansList()
                            .forEach(scope -> scope.getSpansList().forEach(span -> spans.add(ReceivedSpan.of(span)))));
            responses.onNext(ExportTraceServiceResponse.getDefaultInstance());
            responses.onCompleted();
        }
    }

    /**
     * A span as it arrived.
     *
     * @param traceId in hexadecimal
     * @param spanId in hexadecimal
     * @param parentId in hexadecimal; empty: none
     * @param kind SERVER or CLIENT
     * @param name of the span
     * @param startNanos since 1970
     * @param endNanos since 1970
     * @param attributes as text
     */
    public record ReceivedSpan(
            String traceId,
            String spanId,
            String parentId,
            String kind,
            String name,
            long startNanos,
            long endNanos,
            Map<String, String> attributes) {

        private static ReceivedSpan of(Span span) {
            Map<String, String> attributes = new TreeMap<>();
            for (KeyValue attribute : span.getAttributesList()) {
                attributes.put(attribute.getKey(), text(attribute.getValue()));
            }
            return new ReceivedSpan(
                    hex(span.getTraceId()),
                    hex(span.getSpanId()),
                    hex(span.getParentSpanId()),
                    span.getKind().name().replace("SPAN_KIND_", ""),
                    span.getName(),
                    span.getStartTimeUnixNano(),
                    span.getEndTimeUnixNano(),
                    attributes);
        }

        private static String hex(ByteString bytes) {
            return HexFormat.of().formatHex(bytes.toByteArray());
        }

        private static String text(AnyValue value) {
            return switch (value.getValueCase()) {
                case STRING_VALUE -> value.getStringValue();
                case INT_VALUE -> Long.toString(value.getIntValue());
                case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
                case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
                case ARRAY_VALUE, KVLIST_VALUE, BYTES_VALUE, VALUE_NOT_SET ->
                    value.toString().strip();
            };
        }
    }
}
