package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A change to one service is a change to its port, and to no other. */
class PortIsolationIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final String RECEIVED_BYTES = "signalbox_config_push_bytes_total";

    private static Mesh mesh;
    private static MeshService<HttpBackend> changed;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(PortIsolationIT.class);
        changed = mesh.add(ServiceSpec.of("changed", PortProtocol.HTTP), HttpBackend::start, 2);
        for (String name : Set.of("first", "second", "third")) {
            mesh.add(ServiceSpec.of(name, PortProtocol.HTTP), HttpBackend::start, 2);
        }
        mesh.start();
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void changesTheVersionOfItsPortAloneAndSendsBytesForItAlone() throws IOException {
        String port = Integer.toString(changed.spec().port());
        await().atMost(DEADLINE).until(PortIsolationIT::isAgentUpToDate);
        Map<String, String> versions = versions(mesh.agent().admin().json("/snapshot"));
        Map<String, Double> bytes = mesh.agent().admin().metrics().sumBy(RECEIVED_BYTES, "port");
        assertThat(versions).hasSizeGreaterThanOrEqualTo(4).containsKey(port);
        assertThat(bytes).containsOnlyKeys(versions.keySet());

        changed.add();
        await().atMost(DEADLINE)
                .until(() -> !versions(mesh.agent().admin().json("/snapshot")).equals(versions));

        Map<String, String> newVersions = versions(mesh.agent().admin().json("/snapshot"));
        assertThat(newVersions.get(port)).isNotEqualTo(versions.get(port));
        assertThat(without(newVersions, port)).isEqualTo(without(versions, port));
        assertThat(versions(mesh.configService().rest().json("/v1/ports"))).isEqualTo(newVersions);
        Map<String, Double> newBytes = mesh.agent().admin().metrics().sumBy(RECEIVED_BYTES, "port");
        double first = bytes.getOrDefault(port, 0.0);
        double more = newBytes.getOrDefault(port, 0.0) - first;
        assertThat(more).isPositive();
        assertThat(without(newBytes, port)).isEqualTo(without(bytes, port));
        TestMesh.figure("one more endpoint sent " + more + " bytes for its port (at first: " + first
                + ") and none for the other " + without(bytes, port).size() + " ports");
    }

    @Test
    void writingTheSameContentAgainSendsNothing() throws IOException {
        await().atMost(DEADLINE).until(PortIsolationIT::isAgentUpToDate);
        Map<String, Double> bytes = mesh.agent().admin().metrics().sumBy(RECEIVED_BYTES, "port");
        changed.publish();
        // A change to another port after it proves that the rewritten file has been read.
        MeshService<HttpBackend> later = mesh.add(ServiceSpec.of("later", PortProtocol.HTTP), HttpBackend::start, 1);
        mesh.awaitServing();

        Map<String, Double> newBytes = mesh.agent().admin().metrics().sumBy(RECEIVED_BYTES, "port");
        assertThat(without(newBytes, Integer.toString(later.spec().port()))).isEqualTo(bytes);
    }

    private static boolean isAgentUpToDate() {
        JsonNode agents = mesh.configService().rest().json("/v1/agents").path("agents");
        return agents.size() == 1 && agents.get(0).path("acked").asBoolean();
    }

    private static Map<String, String> versions(JsonNode ports) {
        Map<String, String> versions = new TreeMap<>();
        ports.path("ports")
                .forEach(port -> versions.put(
                        port.path("port").asText(), port.path("version").asText()));
        return versions;
    }

    private static <T> Map<String, T> without(Map<String, T> map, String key) {
        Map<String, T> rest = new HashMap<>(map);
        rest.remove(key);
        return rest;
    }
}
