package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.backend.Payloads;
import io.signalbox.loadtest.harness.Commands;
import io.signalbox.loadtest.harness.EchoClient;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.v1.Ending;
import io.signalbox.loadtest.v1.UnaryRequest;
import io.signalbox.loadtest.v1.UnaryResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers whose HTTP is not that of the backend: what the port's name declares is what the backend hears. */
class TranslationIT {
    private static final int BODY_BYTES = 1_000_000;
    private static final int GRPC_HEAD_BYTES = 5;
    private static final String UNARY = "/signalbox.loadtest.v1.EchoService/Unary";

    private static final String RULES = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: orders, namespace: shop}
            spec:
              hosts: [orders]
              http:
              - retries: {attempts: 3, retryOn: unavailable}
                route: [{destination: {host: orders}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: files, namespace: shop}
            spec:
              hosts: [files]
              http:
              - timeout: 30s
                retries: {attempts: 2, retryOn: 5xx}
                route: [{destination: {host: files}}]
            """;

    private static Mesh mesh;
    private static MeshService<HttpBackend> files;
    private static MeshService<GrpcBackend> orders;
    private static MeshService<WebSocketBackend> chatByHttp1;
    private static MeshService<WebSocketBackend> chatByHttp2;
    private static Path directory;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(TranslationIT.class);
        files = mesh.add(ServiceSpec.of("files", PortProtocol.HTTP), HttpBackend::start, 2);
        orders = mesh.add(ServiceSpec.of("orders", PortProtocol.GRPC), GrpcBackend::start, 2);
        chatByHttp1 = mesh.add(ServiceSpec.of("chat1", PortProtocol.HTTP), WebSocketBackend.starter(false), 1);
        chatByHttp2 = mesh.add(ServiceSpec.of("chat2", PortProtocol.HTTP2), WebSocketBackend.starter(true), 1);
        mesh.registry().replace(mesh.registry().directory().resolve("rules.yaml"), RULES);
        mesh.start();
        directory =
                Files.createDirectories(TestMesh.directory(TranslationIT.class).resolve("bodies"));
    }

    @AfterAll
    static void stop() throws IOException {
        mesh.close();
    }

    private static Commands.Result curl(String http, MeshService<?> service, String path, String... more)
            throws IOException, InterruptedException {
        List<String> command = Stream.concat(
                        Stream.of(
                                "curl",
                                "-sS",
                                "-i",
                                "--max-time",
                                "30",
                                http,
                                "-H",
                                "host: " + service.spec().host()),
                        Stream.concat(Arrays.stream(more), Stream.of("http://" + service.authority() + path)))
                .toList();
        return Commands.run(command, Map.of(), "");
    }

    private static Path body(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.write(file, Payloads.stream(BODY_BYTES).readAllBytes());
        return file;
    }

    // ---- HTTP/2 at HTTP/1.1 ---------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"content-length: " + BODY_BYTES, "content-length:"})
    void uploadsByHttp2(String framing) throws IOException, InterruptedException {
        Commands.Result answer = curl(
                "--http2-prior-knowledge",
                files,
                "/sink",
                "-H",
                framing,
                "-H",
                "expect: 100-continue",
                "-T",
                body("up").toString(),
                "-X",
                "POST");

        assertThat(answer.output())
                .contains("HTTP/2 200")
                .contains(Payloads.Received.expected(BODY_BYTES).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/source?bytes=" + BODY_BYTES, "/source?chunked=true&bytes=" + BODY_BYTES})
    void downloadsByHttp2(String path) throws IOException, InterruptedException {
        Path file = directory.resolve("down");
        String head = Commands.require(
                "curl",
                "-sS",
                "-D",
                "-",
                "--http2-prior-knowledge",
                "--max-time",
                "30",
                "-o",
                file.toString(),
                "-H",
                "host: " + files.spec().host(),
                "http://" + files.authority() + path);

        assertThat(head).startsWith("HTTP/2 200").doesNotContain("transfer-encoding", "connection");
        assertThat(Payloads.drain(Files.newInputStream(file))).isEqualTo(Payloads.Received.expected(BODY_BYTES));
    }

    @Test
    void echoesByHttp2() throws IOException, InterruptedException {
        Commands.Result answer = curl("--http2-prior-knowledge", files, "/echo", "--data-binary", "hello backend");

        assertThat(answer.output()).contains("HTTP/2 200").endsWith("hello backend");
        assertThat(answer.output()).contains("x-seen-host: " + files.spec().host());
    }

    @Test
    void retriesByHttp2() throws IOException, InterruptedException {
        long before = files.backends().stream().mapToLong(HttpBackend::requests).sum();
        Commands.Result answer = curl("--http2-prior-knowledge", files, "/status?code=503", "--data-binary", "again");

        assertThat(answer.output()).contains("HTTP/2 503");
        assertThat(files.backends().stream().mapToLong(HttpBackend::requests).sum() - before)
                .isEqualTo(3);
    }

    @Test
    void tellsAGrpcCallerThatTheBackendSpeaksNone() throws Exception {
        try (EchoClient client = EchoClient.of(files)) {
            StatusRuntimeException failure = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> client.blocking()
                            .withDeadlineAfter(20, TimeUnit.SECONDS)
                            .unary(UnaryRequest.getDefaultInstance()));
            assertThat(failure.getStatus().getDescription()).contains("text/plain");
        }
    }

    // ---- HTTP/1.1 at HTTP/2 ---------------------------------------------------------------------------------------

    private static byte[] message(UnaryRequest request) {
        byte[] bytes = request.toByteArray();
        return ByteBuffer.allocate(GRPC_HEAD_BYTES + bytes.length)
                .put((byte) 0)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    private static Answer call(UnaryRequest request, String... more) throws IOException, InterruptedException {
        Path upload = directory.resolve("message");
        Path download = directory.resolve("answer");
        Files.write(upload, message(request));
        Files.deleteIfExists(download);
        String head = Commands.require(Stream.concat(
                        Stream.of(
                                "curl",
                                "-sS",
                                "-D",
                                "-",
                                "--http1.1",
                                "--max-time",
                                "30",
                                "-o",
                                download.toString(),
                                "-H",
                                "host: " + orders.spec().host(),
                                "-H",
                                "content-type: application/grpc",
                                "-H",
                                "te: trailers",
                                "--data-binary",
                                "@" + upload),
                        Stream.concat(Arrays.stream(more), Stream.of("http://" + orders.authority() + UNARY)))
                .toArray(String[]::new));
        return new Answer(
                head, ByteString.copyFrom(Files.exists(download) ? Files.readAllBytes(download) : new byte[0]));
    }

    private record Answer(String head, ByteString body) {
        UnaryResponse message() throws IOException {
            return UnaryResponse.parseFrom(body.substring(GRPC_HEAD_BYTES));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"expect: 100-continue", "transfer-encoding: chunked"})
    void callsGrpcByHttp1(String field) throws IOException, InterruptedException {
        ByteString payload = ByteString.readFrom(Payloads.stream(BODY_BYTES));
        Answer answer = call(UnaryRequest.newBuilder().setPayload(payload).build(), "-H", field);

        assertThat(answer.head())
                .contains("HTTP/1.1 200 OK", "transfer-encoding: chunked", "grpc-status: 0")
                .containsOnlyOnce("content-type: application/grpc");
        assertThat(answer.message().getPayload()).isEqualTo(payload);
        assertThat(orders.backendNames()).contains(answer.message().getEndpoint());
    }

    @Test
    void retriesByHttp1() throws IOException, InterruptedException {
        UnaryRequest request = UnaryRequest.newBuilder()
                .setPayload(ByteString.copyFrom("x", StandardCharsets.UTF_8))
                .setEnding(Ending.newBuilder().setStatusCode(14).setStatusMessage("not now"))
                .build();
        long before = orders.backends().stream().mapToLong(GrpcBackend::calls).sum();
        Answer answer = call(request);

        assertThat(answer.head()).contains("grpc-status: 14", "grpc-message: not now");
        assertThat(orders.backends().stream().mapToLong(GrpcBackend::calls).sum() - before)
                .isEqualTo(4);
    }

    // ---- WebSockets -----------------------------------------------------------------------------------------------

    @ParameterizedTest(name = "caller by HTTP/2: {0}, backend by HTTP/2: {1}")
    @CsvSource({"false, true", "true, true", "true, false", "false, false"})
    void carriesWebSockets(boolean fromHttp2, boolean toHttp2) throws InterruptedException {
        MeshService<WebSocketBackend> service = toHttp2 ? chatByHttp2 : chatByHttp1;
        String name = service.backendNames().get(0);
        String large = "x".repeat(500_000);
        try (WebSocketCaller caller = WebSocketCaller.open(service, fromHttp2)) {
            assertThat(caller.next()).isEqualTo("open");
            for (String text : List.of("hello", large, "bye")) {
                caller.send(text);
                assertThat(caller.next()).isEqualTo(name + " " + text);
            }
            caller.sendClose();
            assertThat(caller.next()).isEqualTo("closed 1000");
        }
    }
}
