package io.signalbox.loadtest.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.harness.Tally;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unmodified clients in pods reach services of every kind through the agent of their node. */
class ClusterTrafficIT {
    private static TestCluster cluster;
    private static Shop shop;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = TestCluster.start(ClusterTrafficIT.class, Cluster.Source.FILES, 1, Capture.PODS, """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: partner, namespace: shop}
                spec:
                  hosts: [partner.example]
                  ports: [{name: http, number: 80, protocol: HTTP}]
                  resolution: DNS
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: catalog, namespace: shop}
                spec:
                  hosts: [catalog.shop.svc.cluster.local]
                  http:
                  - match:
                    - sourceNamespace: shop
                      sourceLabels: {app: client}
                    route:
                    - destination: {host: catalog.shop.svc.cluster.local}
                  - directResponse: {status: 403, body: {string: "not for you"}}
                """);
        shop = cluster.shop();
    }

    @AfterAll
    static void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"catalog", "10.96.1.10", "alias"})
    void balancesRequestsOfOneConnectionOverPodsOfBothNodes(String host) throws IOException, InterruptedException {
        CallerResult result = shop.client()
                .call("http", "--connections", "1", "--rate", "100", "--seconds", "1", "http://" + host + "/");

        assertThat(result.failed()).as(result.toString()).isZero();
        assertThat(result.endpoints()).containsOnlyKeys("server-0", "server-1");
        assertThat(result.endpoints().values())
                .allSatisfy(count -> assertThat(count).isGreaterThan(20));
    }

    @Test
    void balancesGrpcCallsOfOneChannelOverPodsOfBothNodes() throws IOException, InterruptedException {
        CallerResult result = shop.otherClient().call("grpc", "--calls", "50", "orders:81");

        assertThat(result.failed()).as(result.toString()).isZero();
        assertThat(result.endpoints()).containsOnlyKeys("server-0", "server-1");
        assertThat(result.endpoints().values())
                .allSatisfy(count -> assertThat(count).isGreaterThan(10));
    }

    @Test
    void letsServersSpeakFirst() throws IOException, InterruptedException {
        CallerResult result = shop.client().call("listen", "--connections", "20", "ledger", "7000");

        assertThat(result.failed()).as(result.toString()).isZero();
        assertThat(result.endpoints()).containsOnlyKeys("server-0", "server-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"server-0", "server-1"})
    void keepsToThePodThatWasAskedForByItsName(String pod) throws IOException, InterruptedException {
        String output = shop.client().curl("http://" + pod + ".peers:8080/").output();

        assertThat(output).endsWith(pod + "\n").containsIgnoringCase(TestCluster.PASSED_THE_AGENT);
        assertThat(shop.client()
                        .call("listen", "--connections", "3", pod + ".peers", "7777")
                        .endpoints())
                .containsOnlyKeys(pod);
    }

    @Test
    void routesToDeclaredHostsOutside() throws IOException, InterruptedException {
        assertThat(shop.client().curl("http://partner.example/").output())
                .contains("200 OK", "partner.example")
                .containsIgnoringCase(TestCluster.PASSED_THE_AGENT);
    }

    @Test
    void passesThroughWhatNobodyDeclares() throws IOException, InterruptedException {
        assertThat(shop.client().curl("http://unknown.example/").output())
                .contains("200 OK", "unknown.example")
                .doesNotContainIgnoringCase(TestCluster.PASSED_THE_AGENT);
    }

    @Test
    void servesNodePortsFromOutsideOnBothNodes() throws IOException, InterruptedException {
        Tally tally = new Tally();
        for (int i = 0; i < 20; i++) {
            String url = "http://" + cluster.cluster().node(i % 2 + 1).address() + ":" + Shop.NODE_PORT;
            tally.answered(cluster.cluster()
                    .outside()
                    .require("curl", "-s", "--max-time", "5", url)
                    .strip());
        }
        assertThat(tally.counts()).containsOnlyKeys("server-0", "server-1");
    }

    @Test
    void givesNothingToAPodThatClaimsToBeAnother() throws IOException, InterruptedException {
        String[] claims = {
            "-H",
            "x-forwarded-for: " + shop.client().address(),
            "-H",
            "x-envoy-peer-metadata-id: client-1.shop",
            "-H",
            "x-forwarded-client-cert: URI=spiffe://cluster.local/ns/shop/sa/client",
            "-H",
            "forwarded: for=" + shop.client().address(),
            "http://catalog.shop/"
        };
        assertThat(shop.stranger().curl(claims).output()).contains("403 Forbidden", "not for you");
        assertThat(shop.client().curl(claims).output()).contains("200 OK");
    }
}
