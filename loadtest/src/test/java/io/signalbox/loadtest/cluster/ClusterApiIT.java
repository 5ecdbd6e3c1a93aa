package io.signalbox.loadtest.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.harness.Poll;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Config services that follow an API server, and agents that prove who they are by tokens that it reviews. */
class ClusterApiIT {
    private static TestCluster cluster;
    private static Shop shop;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = TestCluster.start(ClusterApiIT.class, Cluster.Source.API_SERVER, 2, Capture.REDIRECT, "");
        shop = cluster.shop();
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
        cluster.apply("""
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
                """);
        cluster.awaitAnswer(shop.client(), "http://catalog/closed", "418");
        assertThat(shop.client().curl("http://catalog/").output()).contains("200 OK");
    }

    @Test
    void servesKubectl() throws IOException, InterruptedException {
        assertThat(cluster.cluster().kubectl("get", "pods,services,endpointslices", "-n", "shop"))
                .contains("pod/server-0", "service/catalog", "endpointslice.discovery.k8s.io/catalog-1");
    }

    @Test
    void givesNothingToAnAgentWithAnotherNodesToken() throws IOException, InterruptedException {
        NodeAgent agent = cluster.cluster().node(2).agent();
        agent.process().terminate();
        agent.process().awaitExit(TestCluster.DEADLINE);

        NodeAgent impostor = cluster.cluster()
                .startImpostor(cluster.cluster().node(2), cluster.cluster().node(1));
        try {
            Poll.until(
                    TestCluster.DEADLINE,
                    () -> "not refused: " + impostor.process().logTail(),
                    () -> impostor.process().log().contains("PERMISSION_DENIED"));
            assertThat(impostor.process().log()).doesNotContain("push applied");
        } finally {
            impostor.close();
        }
        agent.restart();
        agent.awaitReady();
        cluster.cluster().awaitConverged();
    }
}
