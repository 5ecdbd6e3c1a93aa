package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.EchoClient;
import io.signalbox.loadtest.harness.GrpcTraffic;
import io.signalbox.loadtest.harness.HttpTraffic;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.harness.Tally;
import io.signalbox.loadtest.v1.Ending;
import io.signalbox.loadtest.v1.UnaryRequest;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Endpoints leave while traffic runs, announced or not; the callers see nothing of it. */
class EndpointLifecycleIT {
    private static final UnaryRequest SLOW_CALL = UnaryRequest.newBuilder()
            .setEnding(Ending.newBuilder().setDelayMillis(30))
            .build();

    private static Mesh mesh;
    private static MeshService<GrpcBackend> removedGrpc;
    private static MeshService<GrpcBackend> drainedGrpc;
    private static MeshService<HttpBackend> removedHttp;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(EndpointLifecycleIT.class);
        removedGrpc = mesh.add(ServiceSpec.of("removed-grpc", PortProtocol.GRPC), GrpcBackend::start, 3);
        drainedGrpc = mesh.add(ServiceSpec.of("drained-grpc", PortProtocol.GRPC), GrpcBackend::start, 3);
        removedHttp = mesh.add(ServiceSpec.of("removed-http", PortProtocol.HTTP), HttpBackend::start, 3);
        mesh.start();
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void removedGrpcEndpointGetsNoMoreCallsAndFinishesThoseItHas() throws IOException {
        Tally tally;
        try (EchoClient client = EchoClient.of(removedGrpc);
                GrpcTraffic traffic = GrpcTraffic.start(client, 50, SLOW_CALL)) {
            tally = traffic.tally();
            tally.awaitMore(500);
            GrpcBackend leaving = removedGrpc.backends().getFirst();
            removedGrpc.remove(leaving);
            tally.awaitWithout(leaving.name(), 500);
            // As Kubernetes does: once it is out of the registry, it is told to stop.
            leaving.close();
            tally.awaitMore(500);
        }
        assertNoneFailed(tally);
    }

    @Test
    void removedHttpEndpointGetsNoMoreRequestsAndFinishesThoseItHas() throws IOException {
        Tally tally;
        try (HttpTraffic traffic = HttpTraffic.start(removedHttp, "/delay?millis=5", 16)) {
            tally = traffic.tally();
            tally.awaitMore(500);
            HttpBackend leaving = removedHttp.backends().getFirst();
            removedHttp.remove(leaving);
            tally.awaitWithout(leaving.name(), 500);
            leaving.close();
            tally.awaitMore(500);
        }
        assertNoneFailed(tally);
    }

    @Test
    void gracefulShutdownOfAServerFailsNoCall() throws IOException, InterruptedException {
        Tally tally;
        try (EchoClient client = EchoClient.of(drainedGrpc);
                GrpcTraffic traffic = GrpcTraffic.start(client, 50, SLOW_CALL)) {
            tally = traffic.tally();
            tally.awaitMore(500);
            // It still is in the registry: GOAWAY, then refused connections, are all that the agent gets to know.
            drainedGrpc.backends().getFirst().drain();
            tally.awaitMore(1_000);
        }
        assertNoneFailed(tally);
    }

    private static void assertNoneFailed(Tally tally) {
        assertThat(tally.failures()).isEmpty();
        assertThat(tally.failed()).isZero();
    }
}
