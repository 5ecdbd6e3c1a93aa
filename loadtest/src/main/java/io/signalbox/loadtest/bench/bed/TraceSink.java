package io.signalbox.loadtest.bench.bed;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Receives traces by OTLP over gRPC, counts the spans and keeps none. */
final class TraceSink implements AutoCloseable {
    private final LongAdder spans = new LongAdder();
    private final Server server;

    /** Listens on a free port of 127.0.0.1. */
    TraceSink() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(new TraceService())
                .build()
                .start();
    }

    /** Environment of a program that is to send 1 % of its traces here. */
    Map<String, String> environment() {
        return Map.of(
                "OTEL_TRACES_EXPORTER", "otlp",
                "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc",
                "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + server.getPort(),
                "OTEL_TRACES_SAMPLER", "parentbased_traceidratio",
                "OTEL_TRACES_SAMPLER_ARG", "0.01");
    }

    /** How many spans have come. */
    long spans() {
        return spans.sum();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class TraceService extends TraceServiceGrpc.TraceServiceImplBase {
        @Override
        public void export(ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> responses) {
            request.getResourceSpansList()
                    .forEach(resource ->
                            resource.getScopeSpansList().forEach(scope -> spans.add(scope.getSpansCount())));
            responses.onNext(ExportTraceServiceResponse.getDefaultInstance());
            responses.onCompleted();
        }
    }
}
