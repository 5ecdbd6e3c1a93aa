package io.signalbox.loadtest.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.signalbox.loadtest.harness.Poll;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Config services that follow an API server, and agents that prove who they are by tokens that it reviews. */
class ClusterApiIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static Cluster cluster;
    private static Shop shop;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = Cluster.create(Path.of("target", "e2e", "ClusterApiIT").toAbsolutePath(), Cluster.Source.API_SERVER);
        shop = Shop.open(cluster, 1);
        cluster.startConfigServices(2);
        cluster.startAgents(Capture.REDIRECT);
        cluster.awaitConverged();
    }

    @AfterAll
    static void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void followsObjectsOfTheApiServer() throws IOException, InterruptedException {
        assertThat(shop.client().curl("http://catalog/").output()).contains("200 OK");
        cluster.apply((ObjectNode) new YAMLMapper().readTree("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: catalog, namespace: shop}
                spec:
                  hosts: [catalog.shop.svc.cluster.local]
                  http:
                  - match: [{uri: {prefix: /closed}}]
                    directResponse: {status: 418}
                  - route:
                    - destination: {host: catalog.shop.svc.cluster.local}
                """));
        Poll.until(DEADLINE, () -> "the rule is not in force", () -> answers("http://catalog/closed", "418"));
        assertThat(shop.client().curl("http://catalog/").output()).contains("200 OK");
    }

    @Test
    void servesKubectl() throws IOException, InterruptedException {
        assertThat(cluster.kubectl("get", "pods,services,endpointslices", "-n", "shop"))
                .contains("pod/server-0", "service/catalog", "endpointslice.discovery.k8s.io/catalog-1");
    }

    @Test
    void givesNothingToAnAgentWithAnotherNodesToken() throws IOException, InterruptedException {
        NodeAgent agent = cluster.node(2).agent();
        agent.process().terminate();
        agent.process().awaitExit(DEADLINE);

        NodeAgent impostor = cluster.startImpostor(cluster.node(2), cluster.node(1));
        try {
            Poll.until(
                    DEADLINE,
                    () -> "not refused: " + impostor.process().logTail(),
                    () -> impostor.process().log().contains("PERMISSION_DENIED"));
            assertThat(impostor.process().log()).doesNotContain("push applied");
        } finally {
            impostor.close();
        }
        agent.restart();
        agent.awaitReady();
        cluster.awaitConverged();
    }

    private static boolean answers(String url, String text) {
        try {
            return shop.client().curl(url).output().contains(text);
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
