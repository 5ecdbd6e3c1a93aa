package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.EchoClient;
import io.signalbox.loadtest.harness.GrpcTraffic;
import io.signalbox.loadtest.harness.HttpTraffic;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.Poll;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.harness.Tally;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The config service is killed, and the agent too: traffic goes on with what the agent last knew. */
class ConfigServiceLossIT {
    private static final Duration EXIT_DEADLINE = Duration.ofSeconds(20);
    private static final Duration SERVING_DEADLINE = Duration.ofSeconds(15);

    private Mesh mesh;
    private MeshService<GrpcBackend> grpc;
    private MeshService<HttpBackend> http;

    @BeforeEach
    void start() throws IOException {
        mesh = TestMesh.createForMeasuring(ConfigServiceLossIT.class);
        grpc = mesh.add(ServiceSpec.of("orders", PortProtocol.GRPC).roundRobin(), GrpcBackend::start, 3);
        http = mesh.add(ServiceSpec.of("catalog", PortProtocol.HTTP).roundRobin(), HttpBackend::start, 3);
        mesh.start();
    }

    @AfterEach
    void stop() {
        mesh.close();
    }

    @Test
    void servesThroughTheConfigServicesDeathAndReturnAndAloneAfterItsOwn() throws IOException, InterruptedException {
        Tally grpcTally;
        Tally httpTally;
        try (EchoClient client = EchoClient.of(grpc);
                GrpcTraffic grpcTraffic = GrpcTraffic.start(client, 16);
                HttpTraffic httpTraffic = HttpTraffic.start(http, "/", 4)) {
            grpcTally = grpcTraffic.tally();
            httpTally = httpTraffic.tally();
            grpcTally.awaitMore(1_000);

            killConfigService();
            grpcTally.awaitMore(5_000);
            httpTally.awaitMore(1_000);

            mesh.configService().restart();
            long written = System.nanoTime();
            GrpcBackend fourth = grpc.add();
            Duration live = grpcTally.awaitEndpoint(fourth.name(), written);
            TestMesh.figure("after the config service's return, a change was live after " + live.toMillis() + " ms");
            grpcTally.awaitMore(1_000);
            httpTally.awaitMore(500);
        }
        assertThat(grpcTally.failures()).isEmpty();
        assertThat(httpTally.failures()).isEmpty();

        killConfigService();
        mesh.agent().process().kill();
        mesh.agent().process().awaitExit(EXIT_DEADLINE);
        long started = System.nanoTime();
        mesh.agent().restart();
        Poll.until(SERVING_DEADLINE, () -> mesh.agent().process().logTail(), this::answers);
        Duration alone = Duration.ofNanos(System.nanoTime() - started);
        TestMesh.figure("the agent alone answered its first call " + alone.toMillis() + " ms after its start");

        Tally aloneTally;
        try (EchoClient client = EchoClient.of(grpc);
                GrpcTraffic traffic = GrpcTraffic.start(client, 16)) {
            aloneTally = traffic.tally();
            aloneTally.awaitMore(2_000);
        }
        assertThat(aloneTally.failures()).isEmpty();
        assertThat(aloneTally.counts()).containsOnlyKeys(grpc.backendNames());
    }

    private boolean answers() {
        try (EchoClient client = EchoClient.of(grpc)) {
            return client.call().startsWith("orders-");
        } catch (StatusRuntimeException e) {
            // Nobody listens yet.
            return false;
        }
    }

    private void killConfigService() throws InterruptedException {
        mesh.configService().process().kill();
        mesh.configService().process().awaitExit(EXIT_DEADLINE);
    }
}
