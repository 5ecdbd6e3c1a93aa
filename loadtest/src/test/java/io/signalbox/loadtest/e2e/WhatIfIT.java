package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.AdminClient;
import io.signalbox.loadtest.harness.HttpTraffic;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What would happen with other objects is told beside the live traffic, which notices nothing of it. */
class WhatIfIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Mesh mesh;
    private static AdminClient rest;
    private static MeshService<HttpBackend> catalog;
    private static MeshService<HttpBackend> other;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(WhatIfIT.class);
        catalog = mesh.add(ServiceSpec.of("catalog", PortProtocol.HTTP), HttpBackend::start, 1);
        other = mesh.add(
                ServiceSpec.of("other", PortProtocol.HTTP)
                        .withPort(catalog.spec().port()),
                HttpBackend::start,
                1);
        mesh.start();
        rest = mesh.configService().rest();
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void manifestsOnTopOfTheLiveOnesChangeTheAnswer() {
        InetSocketAddress server = other.backends().getFirst().address();
        JsonNode answer = explain("catalog", toOther(), true);
        assertThat(answer.at("/rule/name").asText()).isEqualTo("what-if");
        assertThat(answer.at("/backends/0/host").asText())
                .isEqualTo(other.spec().host());
        assertThat(answer.at("/backends/0/endpoints/0").asText())
                .isEqualTo(server.getHostString() + ":" + server.getPort());
    }

    @Test
    void manifestsAloneAreAWorldOfTheirOwn() {
        String ghost = Manifests.service(
                "shop", "ghost", "127.1.9.9", "http", catalog.spec().port());
        assertThat(explain("ghost", ghost, false).at("/backends/0/host").asText())
                .isEqualTo("ghost.shop.svc.cluster.local");
        assertThat(explain("catalog", ghost, false).path("outcome").asText()).isEqualTo("passthrough");
        assertThat(explain("ghost", ghost, true).at("/backends/0/host").asText())
                .isEqualTo("ghost.shop.svc.cluster.local");
        assertThat(explain("catalog", ghost, true).at("/backends/0/host").asText())
                .isEqualTo(catalog.spec().host());
    }

    @Test
    void liveTrafficLiveAnswersAndVersionsStayAsTheyAre() throws IOException {
        JsonNode answer = explain("catalog", "", false);
        assertThat(answer.at("/backends/0/host").asText())
                .isEqualTo(catalog.spec().host());
        JsonNode ports = rest.json("/v1/ports");
        double applies = applies();
        JsonNode problems = rest.json("/v1/problems");
        try (HttpTraffic traffic = HttpTraffic.start(catalog, "/", 4)) {
            traffic.tally().awaitMore(200);
            for (int i = 0; i < 20; i++) {
                assertThat(explain("catalog", toOther(), true).at("/rule/name").asText())
                        .isEqualTo("what-if");
                assertThat(explain("catalog", "", false)).isEqualTo(answer);
            }
            traffic.tally().awaitMore(200);
            assertThat(traffic.tally().failures()).isEmpty();
            assertThat(traffic.tally().counts())
                    .containsOnlyKeys(catalog.backendNames().getFirst());
        }
        assertThat(rest.json("/v1/ports")).isEqualTo(ports);
        assertThat(rest.json("/v1/problems")).isEqualTo(problems);
        assertThat(applies()).isEqualTo(applies);
    }

    /** How often the agent has put something else into force. */
    private static double applies() {
        return mesh.agent().admin().metrics().sum("signalbox_config_applies_total");
    }

    private static String toOther() {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: what-if, namespace: shop}
                spec: {hosts: [catalog], http: [{route: [{destination: {host: other}}]}]}
                """;
    }

    private static JsonNode explain(String host, String manifests, boolean overlay) {
        ObjectNode question = JSON.createObjectNode();
        ObjectNode request = question.putObject("request")
                .put("destination", catalog.authority())
                .put("protocol", "http");
        request.putObject("source").put("namespace", "shop");
        request.putObject("http").put("method", "GET").put("authority", host).put("path", "/");
        if (!manifests.isEmpty()) {
            question.put("manifests", manifests).put("overlay", overlay);
        }
        return rest.post("/v1/explain", question);
    }
}
