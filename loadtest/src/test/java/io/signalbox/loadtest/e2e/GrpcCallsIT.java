package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.backend.Payloads;
import io.signalbox.loadtest.harness.EchoClient;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.v1.BidiRequest;
import io.signalbox.loadtest.v1.BidiResponse;
import io.signalbox.loadtest.v1.ClientStreamRequest;
import io.signalbox.loadtest.v1.ClientStreamResponse;
import io.signalbox.loadtest.v1.EchoServiceGrpc;
import io.signalbox.loadtest.v1.Ending;
import io.signalbox.loadtest.v1.ServerStreamRequest;
import io.signalbox.loadtest.v1.ServerStreamResponse;
import io.signalbox.loadtest.v1.UnaryRequest;
import io.signalbox.loadtest.v1.UnaryResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Everything that gRPC can say must come through unchanged: kinds of calls, metadata, trailers, statuses, cancellation.
 */
class GrpcCallsIT {
    /** The agent's answer to a call that took too long. */
    private static final String TIMED_OUT = "UNAVAILABLE upstream request timeout";

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Metadata.Key<String> TEXT = Metadata.Key.of("x-echo-text", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> BINARY =
            Metadata.Key.of("x-echo-bytes-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private static Mesh mesh;
    private static MeshService<GrpcBackend> service;
    private static EchoClient client;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(GrpcCallsIT.class);
        service = mesh.add(ServiceSpec.of("orders", PortProtocol.GRPC), GrpcBackend::start, 3);
        mesh.start();
        client = EchoClient.of(service);
    }

    @AfterAll
    static void stop() {
        client.close();
        mesh.close();
    }

    @Test
    void carriesUnaryCalls() {
        ByteString payload = ByteString.copyFrom(Payloads.bytes(100_000));

        assertThat(client.blocking()
                        .unary(UnaryRequest.newBuilder().setPayload(payload).build())
                        .getPayload())
                .isEqualTo(payload);
    }

    @Test
    void carriesServerStreams() {
        List<Integer> indexes = new ArrayList<>();
        client.blocking()
                .serverStream(ServerStreamRequest.newBuilder()
                        .setMessages(1_000)
                        .setMessageBytes(1_000)
                        .build())
                .forEachRemaining(response -> indexes.add(response.getIndex()));

        assertThat(indexes).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
    }

    @Test
    void carriesClientStreams() throws InterruptedException, StatusException {
        byte[] content = Payloads.bytes(1_000_000);
        BlockingClientCall<ClientStreamRequest, ClientStreamResponse> call =
                EchoServiceGrpc.newBlockingV2Stub(client.channel()).clientStream();
        for (int at = 0; at < content.length; at += 10_000) {
            call.write(ClientStreamRequest.newBuilder()
                    .setPayload(ByteString.copyFrom(content, at, 10_000))
                    .build());
        }
        call.halfClose();

        ClientStreamResponse response = call.read();
        assertThat(response.getMessages()).isEqualTo(100);
        assertThat(response.getSha256()).isEqualTo(Payloads.sha256(content.length));
    }

    @Test
    void carriesBidirectionalStreamsMessageByMessage() throws InterruptedException, StatusException {
        BlockingClientCall<BidiRequest, BidiResponse> call =
                EchoServiceGrpc.newBlockingV2Stub(client.channel()).bidi();
        String endpoint = "";
        for (int i = 0; i < 200; i++) {
            ByteString payload = ByteString.copyFrom("message " + i, StandardCharsets.UTF_8);
            call.write(BidiRequest.newBuilder().setPayload(payload).build());
            BidiResponse response = call.read();
            assertThat(response.getPayload()).isEqualTo(payload);
            // One stream stays on one endpoint.
            assertThat(response.getEndpoint()).isEqualTo(endpoint.isEmpty() ? response.getEndpoint() : endpoint);
            endpoint = response.getEndpoint();
        }
        call.halfClose();
        assertThat(call.read()).isNull();
    }

    @ParameterizedTest
    @EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
    void carriesEveryStatus(Status.Code code) {
        UnaryRequest request = UnaryRequest.newBuilder()
                .setEnding(Ending.newBuilder().setStatusCode(code.value()).setStatusMessage("é 100 % " + code))
                .build();

        assertThatThrownBy(() -> client.blocking().unary(request))
                .isInstanceOfSatisfying(StatusRuntimeException.class, failure -> {
                    assertThat(failure.getStatus().getCode()).isEqualTo(code);
                    assertThat(failure.getStatus().getDescription()).isEqualTo("é 100 % " + code);
                });
    }

    @Test
    void carriesStatusAfterMessages() {
        Iterator<ServerStreamResponse> responses = client.blocking()
                .serverStream(ServerStreamRequest.newBuilder()
                        .setMessages(3)
                        .setEnding(Ending.newBuilder().setStatusCode(Status.Code.ABORTED.value()))
                        .build());

        List<Integer> received = new ArrayList<>();
        assertThatThrownBy(() -> responses.forEachRemaining(response -> received.add(response.getIndex())))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.ABORTED));
        assertThat(received).containsExactly(0, 1, 2);
    }

    @Test
    void carriesMetadataToTheServerAndBackInHeadersAndTrailers() {
        Metadata sent = new Metadata();
        sent.put(TEXT, "one");
        sent.put(TEXT, "two");
        sent.put(BINARY, new byte[] {0, 1, (byte) 0xff});
        AtomicReference<Metadata> headers = new AtomicReference<>();
        AtomicReference<Metadata> trailers = new AtomicReference<>();

        client.blocking()
                .withInterceptors(new MetadataProbe(sent, headers, trailers))
                .unary(UnaryRequest.getDefaultInstance());

        for (Metadata received : List.of(headers.get(), trailers.get())) {
            assertThat(received.getAll(TEXT)).containsExactly("one", "two");
            assertThat(received.get(BINARY)).containsExactly(0, 1, 0xff);
        }
    }

    @Test
    void tellsTheServerOfDeadlines() {
        long before = sum(GrpcBackend::callsWithDeadline);
        long cancelledBefore = sum(GrpcBackend::cancelledCalls);

        assertThatThrownBy(() -> client.blocking()
                        .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                        .unary(UnaryRequest.newBuilder()
                                .setEnding(Ending.newBuilder().setNever(true))
                                .build()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        // Caller and agent both keep the deadline; what the caller sees is the answer of the first.
                        failure -> assertThat(text(failure))
                                .satisfiesAnyOf(
                                        seen -> assertThat(seen).startsWith("DEADLINE_EXCEEDED "),
                                        seen -> assertThat(seen).isEqualTo(TIMED_OUT)));
        assertThat(sum(GrpcBackend::callsWithDeadline)).isEqualTo(before + 1);
        await().atMost(DEADLINE)
                .untilAsserted(
                        () -> assertThat(sum(GrpcBackend::cancelledCalls)).isEqualTo(cancelledBefore + 1));
    }

    /** The caller's own clock does not run here, so it is surely the agent that ends the call. */
    @Test
    void endsCallsAtTheirDeadline() {
        long cancelledBefore = sum(GrpcBackend::cancelledCalls);
        Metadata deadline = new Metadata();
        deadline.put(Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER), "100m");

        assertThatThrownBy(() -> client.blocking()
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(deadline))
                        .unary(UnaryRequest.newBuilder()
                                .setEnding(Ending.newBuilder().setNever(true))
                                .build()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(text(failure)).isEqualTo(TIMED_OUT));
        await().atMost(DEADLINE)
                .untilAsserted(
                        () -> assertThat(sum(GrpcBackend::cancelledCalls)).isEqualTo(cancelledBefore + 1));
    }

    private static String text(StatusRuntimeException failure) {
        return failure.getStatus().getCode() + " " + failure.getStatus().getDescription();
    }

    @Test
    void tellsTheServerOfCancellation() {
        long callsBefore = sum(GrpcBackend::calls);
        long cancelledBefore = sum(GrpcBackend::cancelledCalls);
        Future<?> call = client.future()
                .unary(UnaryRequest.newBuilder()
                        .setEnding(Ending.newBuilder().setNever(true))
                        .build());
        await().atMost(DEADLINE).until(() -> sum(GrpcBackend::calls) == callsBefore + 1);

        call.cancel(true);

        await().atMost(DEADLINE)
                .untilAsserted(
                        () -> assertThat(sum(GrpcBackend::cancelledCalls)).isEqualTo(cancelledBefore + 1));
    }

    @Test
    void carriesTenThousandStreamsOverOneConnection() throws Exception {
        int streams = 10_000;
        UnaryRequest request = UnaryRequest.newBuilder()
                .setPayload(ByteString.copyFrom(Payloads.bytes(200)))
                .setEnding(Ending.newBuilder().setDelayMillis(20))
                .build();
        try (EchoClient own = EchoClient.of(service)) {
            // All are started at once; the peers' limits of concurrent streams decide how many run together.
            List<Future<UnaryResponse>> calls = new ArrayList<>();
            for (int i = 0; i < streams; i++) {
                calls.add(own.future().unary(request));
            }
            for (Future<UnaryResponse> call : calls) {
                assertThat(call.get(60, TimeUnit.SECONDS).getPayload().size()).isEqualTo(200);
            }
        }
    }

    private static long sum(ToLongFunction<GrpcBackend> count) {
        return service.backends().stream().mapToLong(count).sum();
    }

    /** Adds metadata to a call and keeps what comes back. */
    private record MetadataProbe(Metadata sent, AtomicReference<Metadata> headers, AtomicReference<Metadata> trailers)
            implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<A> listener, Metadata requestHeaders) {
                    requestHeaders.merge(sent);
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                public void onHeaders(Metadata responseHeaders) {
                                    headers.set(responseHeaders);
                                    super.onHeaders(responseHeaders);
                                }

                                @Override
                                public void onClose(Status status, Metadata responseTrailers) {
                                    trailers.set(responseTrailers);
                                    super.onClose(status, responseTrailers);
                                }
                            },
                            requestHeaders);
                }
            };
        }
    }
}
