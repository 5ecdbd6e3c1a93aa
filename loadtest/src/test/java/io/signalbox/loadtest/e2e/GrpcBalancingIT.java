package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.harness.EchoClient;
import io.signalbox.loadtest.harness.GrpcTraffic;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.harness.Tally;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One long-lived gRPC connection: every call is balanced, also while endpoints come and go. */
class GrpcBalancingIT {
    private static final int CONCURRENCY = 16;

    private static Mesh mesh;
    private static MeshService<GrpcBackend> inTurn;
    private static MeshService<GrpcBackend> leastRequest;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(GrpcBalancingIT.class);
        inTurn = mesh.add(ServiceSpec.of("in-turn", PortProtocol.GRPC).roundRobin(), GrpcBackend::start, 3);
        leastRequest = mesh.add(ServiceSpec.of("least-request", PortProtocol.GRPC), GrpcBackend::start, 3);
        mesh.start();
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void givesEachOfThreeEndpointsItsThirdAndAFourthItsQuarter() throws IOException {
        try (EchoClient client = EchoClient.of(inTurn)) {
            Tally tally;
            try (GrpcTraffic traffic = GrpcTraffic.start(client, CONCURRENCY)) {
                tally = traffic.tally();
                tally.awaitMore(30_000);
                assertShares(tally.counts(), 3);

                long written = System.nanoTime();
                GrpcBackend fourth = inTurn.add();
                Duration live = tally.awaitEndpoint(fourth.name(), written);
                TestMesh.figure(
                        "the fourth endpoint got its first call " + live.toMillis() + " ms after it was written");
                assertThat(live).isLessThan(Duration.ofSeconds(5));
                Map<String, Long> withFour = tally.counts();
                tally.awaitMore(20_000);
                assertShares(tally.countsSince(withFour), 4);

                GrpcBackend first = inTurn.backends().getFirst();
                inTurn.remove(first);
                tally.awaitWithout(first.name(), 1_000);
                Map<String, Long> withoutFirst = tally.counts();
                tally.awaitMore(10_000);
                assertThat(tally.countsSince(withoutFirst)).containsEntry(first.name(), 0L);
            }
            assertThat(tally.failures()).isEmpty();
            assertThat(tally.failed()).isZero();
        }
    }

    @Test
    void spreadsByLeastRequestUnlessTold() {
        try (EchoClient client = EchoClient.of(leastRequest)) {
            Tally tally;
            try (GrpcTraffic traffic = GrpcTraffic.start(client, CONCURRENCY)) {
                tally = traffic.tally();
                tally.awaitMore(9_000);
            }
            assertThat(tally.failures()).isEmpty();
            assertThat(tally.counts()).hasSize(3);
            assertThat(tally.counts().values())
                    .allSatisfy(count ->
                            assertThat(count * 100.0 / tally.answered()).isBetween(20.0, 47.0));
        }
    }

    private static void assertShares(Map<String, Long> counts, int endpoints) {
        long total = counts.values().stream().mapToLong(Long::longValue).sum();
        assertThat(counts).hasSize(endpoints);
        counts.forEach((endpoint, count) -> assertThat(100.0 * count / total)
                .as("share of %s in %s", endpoint, counts)
                .isBetween(100.0 / endpoints - 1, 100.0 / endpoints + 1));
    }
}
