package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.HttpTraffic;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.harness.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A broken registry file: said so, and harmless. */
class RegistryProblemsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private static Mesh mesh;
    private static MeshService<HttpBackend> broken;
    private static MeshService<HttpBackend> other;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(RegistryProblemsIT.class);
        broken = mesh.add(ServiceSpec.of("broken", PortProtocol.HTTP), HttpBackend::start, 2);
        other = mesh.add(ServiceSpec.of("other", PortProtocol.HTTP).roundRobin(), HttpBackend::start, 1);
        mesh.start();
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "no YAML at all, 'spec: [ports', 'spec: {ports: [unclosed'",
        "a port that is none, port: , 'port: 99999 # '",
    })
    void isReportedWhileItsLastGoodFormServes(String name, String find, String replacement) throws IOException {
        Path file = mesh.registry().serviceFile(broken.spec());
        String good = Files.readString(file);
        String bad = good.contains(find) ? good.replaceFirst(find, replacement) : replacement;
        Tally brokenTally;
        try (HttpTraffic traffic = HttpTraffic.start(broken, "/", 2);
                HttpTraffic otherTraffic = HttpTraffic.start(other, "/", 1)) {
            brokenTally = traffic.tally();
            mesh.registry().replace(file, bad);

            await().atMost(DEADLINE).untilAsserted(() -> {
                JsonNode problems = problems();
                assertThat(problems).isNotEmpty();
                assertThat(problems).allSatisfy(problem -> {
                    assertThat(problem.at("/declared_at/file").asText())
                            .endsWith(file.getFileName().toString());
                    assertThat(problem.at("/message").asText()).isNotBlank();
                    assertThat(problem.at("/severity").asText()).isEqualToIgnoringCase("error");
                });
            });

            long written = System.nanoTime();
            HttpBackend added = other.add();
            otherTraffic.tally().awaitEndpoint(added.name(), written);
            brokenTally.awaitMore(200);

            mesh.registry().replace(file, good);
            await().atMost(DEADLINE).untilAsserted(() -> assertThat(problems()).isEmpty());
            brokenTally.awaitMore(200);
        }
        assertThat(brokenTally.failures()).isEmpty();
        assertThat(brokenTally.counts()).containsOnlyKeys(broken.backendNames());
    }

    private static JsonNode problems() {
        return mesh.configService().rest().json("/v1/problems").path("problems");
    }
}
