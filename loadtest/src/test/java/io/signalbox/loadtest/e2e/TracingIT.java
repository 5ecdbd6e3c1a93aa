package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.EchoClient;
import io.signalbox.loadtest.harness.HttpConnection;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.OtlpReceiver;
import io.signalbox.loadtest.harness.OtlpReceiver.ReceivedSpan;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.v1.UnaryRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A request's spans reach an OTLP receiver, as children of the caller's. */
class TracingIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final String CALLER_SPAN = "00f067aa0ba902b7";

    private static OtlpReceiver receiver;
    private static Mesh mesh;
    private static MeshService<HttpBackend> http;
    private static MeshService<GrpcBackend> grpc;

    @BeforeAll
    static void start() throws IOException {
        receiver = new OtlpReceiver();
        mesh = TestMesh.create(TracingIT.class).withAgentEnvironment(receiver.environment());
        http = mesh.add(ServiceSpec.of("catalog", PortProtocol.HTTP), HttpBackend::start, 3);
        grpc = mesh.add(ServiceSpec.of("orders", PortProtocol.GRPC), GrpcBackend::start, 3);
        mesh.start();
    }

    @AfterAll
    static void stop() {
        mesh.close();
        receiver.close();
    }

    @Test
    void anHttpRequestHasAServerAndAClientSpanUnderItsCaller() throws IOException {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4701";
        HttpConnection.Response response;
        try (HttpConnection connection = HttpConnection.open(http.address())) {
            response = connection.get("catalog.shop", "/items?id=7", traceparent(trace, true));
        }

        ReceivedSpan client =
                assertServerAndClientSpan(trace, "GET", http.spec().host());
        assertThat(response.headers())
                .containsEntry("x-seen-traceparent", "00-" + trace + "-" + client.spanId() + "-01");
        assertThat(client.attributes())
                .containsEntry("http.request.method", "GET")
                .containsEntry("http.response.status_code", "200")
                .containsEntry("network.protocol.version", "1.1");
    }

    @Test
    void aGrpcCallHasAServerAndAClientSpanUnderItsCaller() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4702";
        Metadata metadata = new Metadata();
        traceparent(trace, true)
                .forEach((name, value) -> metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        try (EchoClient echo = EchoClient.of(grpc)) {
            var _ = echo.blocking()
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                    .unary(UnaryRequest.getDefaultInstance());
        }

        ReceivedSpan client = assertServerAndClientSpan(
                trace, "signalbox.loadtest.v1.EchoService/Unary", grpc.spec().host());
        assertThat(client.attributes())
                .containsEntry("rpc.system.name", "grpc")
                .containsEntry("rpc.response.status_code", "OK")
                .containsEntry("network.protocol.version", "2");
    }

    @Test
    void aRequestThatItsCallerDidNotSampleHasNoSpan() throws IOException {
        String unsampled = "4bf92f3577b34da6a3ce929d0e0e4703";
        String sampled = "4bf92f3577b34da6a3ce929d0e0e4704";
        try (HttpConnection connection = HttpConnection.open(http.address())) {
            HttpConnection.Response response = connection.get("catalog.shop", "/", traceparent(unsampled, false));
            // The caller's decision goes on to the endpoint.
            assertThat(response.headers().get("x-seen-traceparent"))
                    .startsWith("00-" + unsampled + "-")
                    .endsWith("-00");
            connection.get("catalog.shop", "/", traceparent(sampled, true));
        }
        // The later one has arrived, so the earlier one would have.
        receiver.awaitSpans(sampled, 2, DEADLINE);
        assertThat(receiver.spansOf(unsampled)).isEmpty();
    }

    @Test
    void aRequestWithoutCallerStartsATrace() throws IOException {
        try (HttpConnection connection = HttpConnection.open(http.address())) {
            String seen = connection.get("catalog.shop", "/").headers().getOrDefault("x-seen-traceparent", "");
            // Sampled; the other flag says that the trace id is random.
            assertThat(seen).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]");

            List<ReceivedSpan> spans = receiver.awaitSpans(seen.substring(3, 35), 2, DEADLINE);
            assertThat(spans).anySatisfy(span -> assertThat(span.parentId()).isEmpty());
        }
    }

    private static Map<String, String> traceparent(String trace, boolean sampled) {
        return Map.of("traceparent", "00-" + trace + "-" + CALLER_SPAN + (sampled ? "-01" : "-00"));
    }

    /** Returns the client span. */
    private static ReceivedSpan assertServerAndClientSpan(String trace, String name, String service) {
        List<ReceivedSpan> spans = receiver.awaitSpans(trace, 2, DEADLINE);
        assertThat(spans).extracting(ReceivedSpan::kind).containsExactlyInAnyOrder("SERVER", "CLIENT");
        ReceivedSpan server = ofKind(spans, "SERVER");
        ReceivedSpan client = ofKind(spans, "CLIENT");
        assertThat(server.parentId()).isEqualTo(CALLER_SPAN);
        assertThat(client.parentId()).isEqualTo(server.spanId());
        assertThat(spans).allSatisfy(span -> {
            assertThat(span.name()).isEqualTo(name);
            assertThat(span.endNanos()).isGreaterThan(span.startNanos());
            assertThat(span.attributes()).containsKey("signalbox.backend");
        });
        assertThat(server.attributes()).containsKey("signalbox.snapshot.version");
        assertThat(server.attributes()).containsEntry("signalbox.service", service);
        return client;
    }

    private static ReceivedSpan ofKind(List<ReceivedSpan> spans, String kind) {
        return spans.stream()
                .filter(span -> span.kind().equals(kind))
                .findFirst()
                .orElseThrow();
    }
}
