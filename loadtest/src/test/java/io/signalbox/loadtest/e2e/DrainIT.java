package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import io.signalbox.loadtest.backend.Gate;
import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.HttpConnection;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.v1.BidiRequest;
import io.signalbox.loadtest.v1.BidiResponse;
import io.signalbox.loadtest.v1.EchoServiceGrpc;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** SIGTERM: what runs may finish, callers are told to go elsewhere, and the agent exits well. */
class DrainIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private static Mesh mesh;
    private static MeshService<HttpBackend> http;
    private static MeshService<GrpcBackend> grpc;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(DrainIT.class);
        http = mesh.add(ServiceSpec.of("catalog", PortProtocol.HTTP), HttpBackend::start, 1);
        grpc = mesh.add(ServiceSpec.of("orders", PortProtocol.GRPC), GrpcBackend::start, 1);
        mesh.start();
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void finishesWhatRunsAndExitsWithZero() throws Exception {
        Gate gate = http.backends().getFirst().gate("drain");
        ManagedChannel channel =
                NettyChannelBuilder.forAddress(grpc.address()).usePlaintext().build();
        try (HttpConnection connection = HttpConnection.open(http.address())) {
            connection.sendGet("catalog.shop", "/hold?gate=drain", Map.of());
            gate.awaitArrival();
            BlockingClientCall<BidiRequest, BidiResponse> stream =
                    EchoServiceGrpc.newBlockingV2Stub(channel).bidi();
            exchange(stream, "before");

            mesh.agent().process().terminate();

            await().atMost(DEADLINE).until(DrainIT::refusesConnections);
            // GOAWAY: the channel has let go of its connection, on which the stream still runs.
            await().atMost(DEADLINE).until(() -> channel.getState(false) != ConnectivityState.READY);
            exchange(stream, "after");
            stream.halfClose();
            assertThat(stream.read()).isNull();

            gate.open();
            HttpConnection.Response response = connection.readResponse();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.headers()).containsEntry("connection", "close");
            assertThat(connection.isEnded()).isTrue();
        } finally {
            channel.shutdownNow();
        }
        assertThat(mesh.agent().process().awaitExit(DEADLINE)).isZero();
    }

    private static void exchange(BlockingClientCall<BidiRequest, BidiResponse> stream, String text) throws Exception {
        ByteString payload = ByteString.copyFromUtf8(text);
        stream.write(BidiRequest.newBuilder().setPayload(payload).build());
        assertThat(stream.read().getPayload()).isEqualTo(payload);
    }

    private static boolean refusesConnections() {
        try (Socket socket = new Socket()) {
            socket.connect(http.address());
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
