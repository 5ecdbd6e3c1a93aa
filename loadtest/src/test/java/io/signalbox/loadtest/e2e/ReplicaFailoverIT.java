package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.Commands;
import io.signalbox.loadtest.harness.ConfigServiceProgram;
import io.signalbox.loadtest.harness.HttpTraffic;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.Poll;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.harness.Tally;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two config services on one registry, and the one that the agent follows goes away in every manner. */
class ReplicaFailoverIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private Mesh mesh;
    private MeshService<HttpBackend> catalog;

    @BeforeEach
    void start() throws IOException {
        mesh = TestMesh.create(ReplicaFailoverIT.class)
                .withReplicas(2)
                .withConfigServiceEnvironment(Map.of("SIGNALBOX_HEARTBEAT_INTERVAL", "500ms"));
        catalog = mesh.add(ServiceSpec.of("catalog", PortProtocol.HTTP).roundRobin(), HttpBackend::start, 2);
        mesh.start();
    }

    @AfterEach
    void stop() {
        mesh.close();
    }

    @ParameterizedTest(name = "SIG{0}")
    @ValueSource(strings = {"TERM", "KILL", "STOP"})
    void theAgentGoesToTheOtherReplicaAndServesThroughout(String signal) throws IOException, InterruptedException {
        Poll.until(DEADLINE, () -> "the agent follows nobody", () -> !followed().isEmpty());
        ConfigServiceProgram lost = replica(followed(), true);
        ConfigServiceProgram other = replica(followed(), false);
        Tally tally;
        try (HttpTraffic traffic = HttpTraffic.start(catalog, "/", 4)) {
            tally = traffic.tally();
            tally.awaitMore(500);
            double bytes = pushBytes();
            long start = System.nanoTime();

            signal(signal, lost);
            try {
                Poll.until(
                        DEADLINE,
                        () -> "the agent does not follow " + other.name(),
                        () -> followed().equals(other.name()));
                TestMesh.figure("SIG" + signal + ": the agent followed the other replica after "
                        + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
                Poll.until(
                        DEADLINE,
                        () -> other.name() + " knows no agent",
                        () -> agentsOf(other).contains(Mesh.NODE));
                assertThat(pushBytes()).as("bytes of content sent again").isEqualTo(bytes);

                HttpBackend third = catalog.add();
                tally.awaitEndpoint(third.name(), System.nanoTime());
                tally.awaitMore(500);
            } finally {
                if (signal.equals("STOP")) {
                    signal("CONT", lost);
                }
            }
        }
        assertThat(tally.failures()).isEmpty();
    }

    private static void signal(String signal, ConfigServiceProgram program) throws IOException, InterruptedException {
        Commands.require("kill", "-" + signal, Long.toString(program.process().pid()));
    }

    private ConfigServiceProgram replica(String name, boolean isOfThatName) {
        return mesh.configServices().stream()
                .filter(replica -> replica.name().equals(name) == isOfThatName)
                .findFirst()
                .orElseThrow();
    }

    /** Name of the replica that the agent follows; empty: none. */
    private String followed() {
        return mesh.agent()
                .admin()
                .json("/ready")
                .path("config_service")
                .path("instance")
                .asText("");
    }

    private double pushBytes() {
        return mesh.agent().admin().metrics().sum("signalbox_config_push_bytes_total");
    }

    private static List<String> agentsOf(ConfigServiceProgram replica) {
        JsonNode agents = replica.rest().json("/v1/agents").path("agents");
        agents.forEach(agent -> assertThat(agent.path("replica").asText()).isEqualTo(replica.name()));
        return agents.findValuesAsText("node");
    }
}
