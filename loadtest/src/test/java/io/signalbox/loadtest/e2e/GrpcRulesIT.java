package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.harness.EchoClient;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.v1.EchoServiceGrpc.EchoServiceBlockingStub;
import io.signalbox.loadtest.v1.Ending;
import io.signalbox.loadtest.v1.ServerStreamRequest;
import io.signalbox.loadtest.v1.UnaryRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the rules of a VirtualService do to gRPC calls. The metadata {@code x-rule} of a call names its rule. */
class GrpcRulesIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Metadata.Key<String> RULE = Metadata.Key.of("x-rule", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> ECHOED = Metadata.Key.of("x-echo-rule", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> ANSWER = Metadata.Key.of("x-answer", Metadata.ASCII_STRING_MARSHALLER);

    private static final String RULES = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: orders, namespace: shop}
            spec:
              hosts: [orders]
              http:
              - name: abort
                match: [{headers: {x-rule: {exact: abort}}}]
                fault: {abort: {grpcStatus: PERMISSION_DENIED, percentage: {value: 100}}}
                route: [{destination: {host: orders}}]
              - name: http-abort
                match: [{headers: {x-rule: {exact: http-abort}}}]
                fault: {abort: {httpStatus: 401, percentage: {value: 100}}}
                route: [{destination: {host: orders}}]
              - name: timeout
                match: [{headers: {x-rule: {exact: timeout}}}]
                timeout: 300ms
                route: [{destination: {host: orders}}]
              - name: retried
                match: [{headers: {x-rule: {exact: retried}}}]
                retries: {attempts: 2, retryOn: unavailable}
                route: [{destination: {host: orders}}]
              - name: user
                match: [{headers: {x-rule: {prefix: user-al}}}]
                route: [{destination: {host: other}}]
              - name: method
                match:
                - headers: {x-rule: {exact: method}}
                  uri: {exact: /signalbox.loadtest.v1.EchoService/ServerStream}
                route: [{destination: {host: other}}]
              - name: split
                match: [{headers: {x-rule: {exact: split}}}]
                route:
                - {destination: {host: orders}, weight: 70}
                - {destination: {host: other}, weight: 30}
              - name: headers
                match: [{headers: {x-rule: {exact: headers}}}]
                headers:
                  request: {set: {x-echo-rule: one}}
                  response: {set: {x-answer: two}}
                route: [{destination: {host: orders}}]
              - name: unknown
                match: [{headers: {x-rule: {exact: unknown}}}]
                route: [{destination: {host: nobody}}]
              - name: empty
                match: [{headers: {x-rule: {exact: empty}}}]
                route: [{destination: {host: empty}}]
              - name: plain
                match: [{headers: {x-rule: {exact: plain}}}]
                route: [{destination: {host: orders}}]
            """;

    private static Mesh mesh;
    private static MeshService<GrpcBackend> orders;
    private static EchoClient client;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(GrpcRulesIT.class);
        // Whose turn it is, each event loop knows by itself.
        mesh.withAgentEnvironment(Map.of("SIGNALBOX_EVENT_LOOPS", "1"));
        orders = mesh.add(ServiceSpec.of("orders", PortProtocol.GRPC), GrpcBackend::start, 1);
        int port = orders.spec().port();
        mesh.add(ServiceSpec.of("other", PortProtocol.GRPC).withPort(port), GrpcBackend::start, 1);
        mesh.add(ServiceSpec.of("empty", PortProtocol.GRPC).withPort(port), GrpcBackend::start, 0);
        mesh.registry().replace(mesh.registry().directory().resolve("rules.yaml"), RULES);
        mesh.start();
        client = EchoClient.of(orders);
        await().atMost(DEADLINE).until(() -> failure("abort", plain()).getCode() == Status.Code.PERMISSION_DENIED);
    }

    @AfterAll
    static void stop() {
        client.close();
        mesh.close();
    }

    @ParameterizedTest(name = "{0} ends with {1}")
    @CsvSource({
        "abort, PERMISSION_DENIED",
        "http-abort, UNAUTHENTICATED",
        "nothing-matches, UNIMPLEMENTED",
        "method, UNIMPLEMENTED",
        "unknown, UNAVAILABLE",
        "empty, UNAVAILABLE",
    })
    void theAgentsOwnAnswerIsAGrpcStatus(String rule, Status.Code code) {
        long before = orders.backends().getFirst().calls();
        assertThat(failure(rule, plain()).getCode()).isEqualTo(code);
        assertThat(orders.backends().getFirst().calls()).isEqualTo(before);
    }

    @Test
    void aBackendThatIsTooSlowIsUnavailableAndTheCallIsCancelled() {
        long before = orders.backends().getFirst().cancelledCalls();
        long start = System.nanoTime();
        UnaryRequest never = UnaryRequest.newBuilder()
                .setEnding(Ending.newBuilder().setNever(true))
                .build();

        assertThat(failure("timeout", never).getCode()).isEqualTo(Status.Code.UNAVAILABLE);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        await().atMost(DEADLINE).until(() -> orders.backends().getFirst().cancelledCalls() == before + 1);
    }

    @ParameterizedTest(name = "{0} with status {1}: {2} calls")
    @CsvSource({"retried, 14, 3", "retried, 13, 1", "plain, 14, 3", "plain, 13, 1"})
    void aStatusWithoutAMessageBeforeItIsTriedAgainIfTheRuleSaysSo(String rule, int code, int calls) {
        long before = orders.backends().getFirst().calls();
        UnaryRequest failing = UnaryRequest.newBuilder()
                .setEnding(Ending.newBuilder().setStatusCode(code))
                .build();
        assertThat(failure(rule, failing).getCode().value()).isEqualTo(code);
        assertThat(orders.backends().getFirst().calls() - before).isEqualTo(calls);
    }

    @Test
    void aStatusAfterAMessageIsNotTriedAgain() {
        long before = orders.backends().getFirst().calls();
        Iterator<?> messages = stub("retried")
                .serverStream(ServerStreamRequest.newBuilder()
                        .setMessages(1)
                        .setEnding(Ending.newBuilder().setStatusCode(Status.Code.UNAVAILABLE.value()))
                        .build());
        messages.next();
        assertThat(catchThrowableOfType(StatusRuntimeException.class, messages::hasNext)
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(orders.backends().getFirst().calls() - before).isEqualTo(1);
    }

    @Test
    void metadataChoosesTheRule() {
        assertThat(endpoint("user-alice")).isEqualTo("other-1");
        assertThat(endpoint("plain")).isEqualTo("orders-1");
    }

    @Test
    void theMethodChoosesTheRule() {
        assertThat(stub("method")
                        .serverStream(
                                ServerStreamRequest.newBuilder().setMessages(1).build())
                        .next()
                        .getEndpoint())
                .isEqualTo("other-1");
    }

    @Test
    void weightsAreExact() {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < 100; i++) {
            counts.merge(endpoint("split"), 1, Integer::sum);
        }
        assertThat(counts).containsExactlyInAnyOrderEntriesOf(Map.of("orders-1", 70, "other-1", 30));
    }

    @Test
    void metadataIsChangedBothWays() {
        AtomicReference<Metadata> headers = new AtomicReference<>();
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        assertThat(stub("headers")
                        .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
                        .unary(plain())
                        .getEndpoint())
                .isEqualTo("orders-1");
        assertThat(headers.get().get(ECHOED)).isEqualTo("one");
        assertThat(headers.get().get(ANSWER)).isEqualTo("two");
    }

    private static UnaryRequest plain() {
        return UnaryRequest.getDefaultInstance();
    }

    private static String endpoint(String rule) {
        return stub(rule).unary(plain()).getEndpoint();
    }

    /** The status with which such a call fails; OK when it does not. */
    private static Status failure(String rule, UnaryRequest request) {
        try {
            var _ = stub(rule).unary(request);
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    private static EchoServiceBlockingStub stub(String rule) {
        Metadata metadata = new Metadata();
        metadata.put(RULE, rule);
        ClientInterceptor interceptor = MetadataUtils.newAttachHeadersInterceptor(metadata);
        return client.blocking()
                .withInterceptors(interceptor)
                .withDeadlineAfter(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }
}
