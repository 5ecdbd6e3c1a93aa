package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.backend.Payloads;
import io.signalbox.loadtest.harness.EchoClient;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ProcStats;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.v1.ClientStreamRequest;
import io.signalbox.loadtest.v1.ClientStreamResponse;
import io.signalbox.loadtest.v1.ServerStreamRequest;
import io.signalbox.loadtest.v1.ServerStreamResponse;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bodies of 100 MB both ways and readers that do not read: all bytes arrive, and the agent never holds many of them.
 */
class LargeBodiesIT {
    private static final int BODY_BYTES = 100_000_000;
    private static final int MESSAGE_BYTES = 100_000;
    private static final int MESSAGES = BODY_BYTES / MESSAGE_BYTES;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** Far below one body, above what sockets and flow-control windows may hold on the way. */
    private static final long STALLED_BYTES = 30_000_000;

    /** Resident memory that no phase may exceed: heap, buffers and code of the agent, but not the bodies. */
    private static final long MEMORY_CAP_BYTES = 350_000_000;

    private static Mesh mesh;
    private static MeshService<HttpBackend> http;
    private static MeshService<GrpcBackend> grpc;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.createForMeasuring(LargeBodiesIT.class);
        http = mesh.add(ServiceSpec.of("files", PortProtocol.HTTP), HttpBackend::start, 2);
        grpc = mesh.add(ServiceSpec.of("chunks", PortProtocol.GRPC), GrpcBackend::start, 2);
        mesh.start();
    }

    @AfterAll
    static void stop() throws IOException {
        long peak = ProcStats.peakRssBytes(mesh.agent().process().pid());
        mesh.close();
        TestMesh.figure("peak memory of the agent under bodies of 100 MB: " + peak / 1_000_000 + " MB");
        assertThat(peak).isLessThan(MEMORY_CAP_BYTES);
    }

    @Test
    void carriesUploadsByHttp1() throws IOException, InterruptedException {
        try (HttpClient client = http1()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(uri("/sink"))
                            .POST(HttpRequest.BodyPublishers.fromPublisher(
                                    HttpRequest.BodyPublishers.ofInputStream(() -> Payloads.stream(BODY_BYTES)),
                                    BODY_BYTES))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(response.body()).isEqualTo(Payloads.Received.expected(BODY_BYTES) + "\n");
        }
    }

    @Test
    void carriesChunkedUploadsByHttp1() throws IOException, InterruptedException {
        try (HttpClient client = http1()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(uri("/sink"))
                            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> Payloads.stream(BODY_BYTES)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(response.body()).isEqualTo(Payloads.Received.expected(BODY_BYTES) + "\n");
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/source?bytes=100000000", "/source?bytes=100000000&chunked=true"})
    void carriesDownloadsByHttp1(String path) throws IOException, InterruptedException {
        try (HttpClient client = http1()) {
            HttpResponse<InputStream> response =
                    client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofInputStream());

            assertThat(Payloads.drain(response.body())).isEqualTo(Payloads.Received.expected(BODY_BYTES));
        }
    }

    @Test
    void carriesUploadsByGrpc() throws Exception {
        try (EchoClient client = EchoClient.of(grpc)) {
            ClientStreamResponse response = new Upload(client).result.get(60, TimeUnit.SECONDS);

            assertThat(response.getPayloadBytes()).isEqualTo(BODY_BYTES);
            assertThat(response.getSha256()).isEqualTo(expectedSha256());
        }
    }

    @Test
    void carriesDownloadsByGrpc() throws Exception {
        try (EchoClient client = EchoClient.of(grpc)) {
            Download download = new Download(client);
            download.request(MESSAGES + 1);

            assertThat(download.sha256()).isEqualTo(expectedSha256());
        }
    }

    @Test
    void holdsTheServerBackWhenAnHttp1ClientDoesNotRead() throws IOException {
        try (Socket socket =
                new Socket(http.address().getAddress(), http.address().getPort())) {
            long before = sourceBytes();
            socket.getOutputStream()
                    .write("GET /source?bytes=100000000 HTTP/1.1\r\nHost: files.shop\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            long stalled = settled(() -> sourceBytes() - before);
            TestMesh.figure("an HTTP/1.1 server was held back after " + stalled / 1_000_000 + " MB of 100 MB");
            assertThat(stalled).isLessThan(STALLED_BYTES);

            assertThat(Payloads.drain(socket.getInputStream()).bytes()).isGreaterThan(BODY_BYTES);
        }
    }

    @Test
    void holdsTheClientBackWhenAnHttp1ServerDoesNotRead() throws Exception {
        AtomicLong pulled = new AtomicLong();
        try (HttpClient client = http1()) {
            CompletableFuture<HttpResponse<String>> response = client.sendAsync(
                    HttpRequest.newBuilder(uri("/sink?gate=slow"))
                            .POST(HttpRequest.BodyPublishers.ofInputStream(
                                    () -> new CountedStream(Payloads.stream(BODY_BYTES), pulled)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            long stalled = settled(pulled::get);
            TestMesh.figure("an HTTP/1.1 client was held back after " + stalled / 1_000_000 + " MB of 100 MB");
            assertThat(stalled).isLessThan(STALLED_BYTES);
            http.backends().forEach(backend -> backend.gate("slow").open());

            assertThat(response.get(60, TimeUnit.SECONDS).body())
                    .isEqualTo(Payloads.Received.expected(BODY_BYTES) + "\n");
        }
    }

    @Test
    void holdsTheServerBackWhenAGrpcClientDoesNotRead() throws Exception {
        long before = streamedBytes();
        try (EchoClient client = EchoClient.of(grpc)) {
            Download download = new Download(client);
            download.request(1);
            long stalled = settled(() -> streamedBytes() - before);
            TestMesh.figure("a gRPC server was held back after " + stalled / 1_000_000 + " MB of 100 MB");
            assertThat(stalled).isLessThan(STALLED_BYTES);

            download.request(MESSAGES);
            assertThat(download.sha256()).isEqualTo(expectedSha256());
        }
    }

    private static HttpClient http1() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private static URI uri(String path) {
        return URI.create("http://" + http.authority() + path);
    }

    private static String expectedSha256() throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] message = Payloads.bytes(MESSAGE_BYTES);
        for (int i = 0; i < MESSAGES; i++) {
            digest.update(message);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Waits until the value has stopped growing. */
    private static long settled(LongSupplier value) {
        AtomicLong last = new AtomicLong();
        await().pollInterval(Duration.ofMillis(500)).atMost(DEADLINE).until(() -> {
            long now = value.getAsLong();
            return last.getAndSet(now) == now && now > 0;
        });
        return last.get();
    }

    private static long sourceBytes() {
        return http.backends().stream().mapToLong(HttpBackend::sourceBytes).sum();
    }

    private static long streamedBytes() {
        return grpc.backends().stream().mapToLong(GrpcBackend::streamedMessages).sum() * MESSAGE_BYTES;
    }

    /** Counts what is read from it. */
    private static final class CountedStream extends FilterInputStream {
        private final AtomicLong count;

        CountedStream(InputStream source, AtomicLong count) {
            super(source);
            this.count = count;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            count.addAndGet(Math.max(0, read));
            return read;
        }
    }

    /** Sends 1,000 messages as fast as flow control allows. */
    private static final class Upload implements ClientResponseObserver<ClientStreamRequest, ClientStreamResponse> {
        private final CompletableFuture<ClientStreamResponse> result = new CompletableFuture<>();
        private final ByteString payload = UnsafeByteOperations.unsafeWrap(Payloads.bytes(MESSAGE_BYTES));
        private int sent;

        Upload(EchoClient client) {
            var _ = client.async().clientStream(this);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<ClientStreamRequest> requests) {
            requests.setOnReadyHandler(() -> {
                while (requests.isReady() && sent < MESSAGES) {
                    requests.onNext(
                            ClientStreamRequest.newBuilder().setPayload(payload).build());
                    if (++sent == MESSAGES) {
                        requests.onCompleted();
                    }
                }
            });
        }

        @Override
        public void onNext(ClientStreamResponse response) {
            result.complete(response);
        }

        @Override
        public void onError(Throwable failure) {
            result.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            // The response came before.
        }
    }

    /** Receives 1,000 messages, but only as many as are asked for. */
    private static final class Download implements ClientResponseObserver<ServerStreamRequest, ServerStreamResponse> {
        private final CompletableFuture<String> result = new CompletableFuture<>();
        private final BlockingQueue<ClientCallStreamObserver<ServerStreamRequest>> call = new LinkedBlockingQueue<>();
        private final MessageDigest digest = MessageDigest.getInstance("SHA-256");

        Download(EchoClient client) throws NoSuchAlgorithmException {
            client.async()
                    .serverStream(
                            ServerStreamRequest.newBuilder()
                                    .setMessages(MESSAGES)
                                    .setMessageBytes(MESSAGE_BYTES)
                                    .build(),
                            this);
        }

        void request(int messages) throws InterruptedException {
            ClientCallStreamObserver<ServerStreamRequest> started = call.take();
            call.add(started);
            started.request(messages);
        }

        String sha256() throws Exception {
            return result.get(60, TimeUnit.SECONDS);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<ServerStreamRequest> requests) {
            requests.disableAutoRequestWithInitial(0);
            call.add(requests);
        }

        @Override
        public void onNext(ServerStreamResponse response) {
            response.getPayload().asReadOnlyByteBufferList().forEach(digest::update);
        }

        @Override
        public void onError(Throwable failure) {
            result.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            result.complete(HexFormat.of().formatHex(digest.digest()));
        }
    }
}
