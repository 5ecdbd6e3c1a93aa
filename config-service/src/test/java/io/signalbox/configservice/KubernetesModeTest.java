package io.signalbox.configservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.configservice.testkit.Declarations;
import io.signalbox.configservice.testkit.TestCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program on an API server. */
class KubernetesModeTest {
    private static final String LEASE =
            "/apis/coordination.k8s.io/v1/namespaces/signalbox/leases/signalbox-config-service";

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();

    private HttpResponse<String> get(ConfigService service, String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.httpPort() + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private ServiceConfig config(TestCluster cluster) throws IOException {
        return new ServiceConfig(
                new SourceOptions.Kubernetes(cluster.kubeconfig(directory), List.of(), true, ""),
                0,
                InetAddress.getLoopbackAddress(),
                0,
                Optional.empty(),
                InetAddress.getLoopbackAddress(),
                StreamSecurity.insecure(),
                "replica-0",
                "cluster.local",
                "plain",
                "info",
                Duration.ofSeconds(30));
    }

    @Test
    void isReadyOnceItKnowsTheClusterAndSaysWhatItWaitsForBefore() throws Exception {
        try (TestCluster cluster = new TestCluster()) {
            cluster.apply(Declarations.service("shop", "catalog", "10.0.0.1", "http", 80));
            cluster.forbid("services");
            try (ConfigService service = ConfigService.build(config(cluster))) {
                // Not on the common pool, which it would block and which HTTP clients need.
                CompletableFuture<Void> started = CompletableFuture.runAsync(
                        service::start, task -> Thread.ofPlatform().start(task));
                Awaitility.await().atMost(DEADLINE).ignoreExceptions().untilAsserted(() -> {
                    JsonNode source = new ObjectMapper()
                            .readTree(get(service, "/v1/source").body());
                    assertThat(source.path("source").asText()).isEqualTo("kubernetes");
                    assertThat(source.path("synced").asBoolean()).isFalse();
                    assertThat(source.path("parts"))
                            .filteredOn(part -> part.path("name").asText().equals("services"))
                            .singleElement()
                            .satisfies(part -> {
                                assertThat(part.path("state").asText()).isEqualTo("failing");
                                assertThat(part.path("problem").asText()).contains("list and watch services");
                            });
                });
                assertThat(get(service, "/health/ready").statusCode()).isEqualTo(503);
                assertThat(started).isNotDone();

                cluster.clearScripts();
                Awaitility.await()
                        .atMost(DEADLINE)
                        .untilAsserted(
                                () -> assertThat(get(service, "/health/ready").statusCode())
                                        .isEqualTo(200));
                assertThat(get(service, "/v1/ports/80").statusCode()).isEqualTo(200);
                assertThat(get(service, "/metrics").body())
                        .contains(
                                "signalbox_config_source_synced 1.0",
                                "signalbox_config_source_part{state=\"absent\"} 10.0");
                started.get();
                Awaitility.await()
                        .atMost(DEADLINE)
                        .untilAsserted(() -> assertThat(cluster.get(LEASE)
                                        .at("/spec/holderIdentity")
                                        .asText())
                                .startsWith("replica-0_"));
            }
            assertThat(cluster.get(LEASE).at("/spec/holderIdentity").asText()).isEmpty();
        }
    }
}
