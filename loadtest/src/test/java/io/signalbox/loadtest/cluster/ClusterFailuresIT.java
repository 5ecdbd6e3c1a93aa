package io.signalbox.loadtest.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.cluster.ClusterService.Port;
import io.signalbox.loadtest.harness.Poll;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is served while links are cut and programs are killed, and how long it takes until all is well again. */
class ClusterFailuresIT {
    private static final int RATE = 100;

    private static TestCluster cluster;
    private static Shop shop;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = TestCluster.start(ClusterFailuresIT.class, Cluster.Source.FILES, 1, Capture.REDIRECT, """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: catalog, namespace: shop}
                spec:
                  host: catalog.shop.svc.cluster.local
                  trafficPolicy:
                    connectionPool: {tcp: {connectTimeout: 500ms}}
                    # The nodes are zones of their own, and near pods would be preferred.
                    loadBalancer: {localityLbSetting: {enabled: false}}
                    outlierDetection:
                      consecutiveGatewayErrors: 2
                      interval: 1s
                      baseEjectionTime: 1s
                      maxEjectionPercent: 100
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: catalog, namespace: shop}
                spec:
                  hosts: [catalog.shop.svc.cluster.local]
                  http:
                  - route:
                    - destination: {host: catalog.shop.svc.cluster.local}
                    timeout: 4s
                    retries: {attempts: 3, perTryTimeout: 500ms, retryOn: "gateway-error,connect-failure,reset"}
                """);
        shop = cluster.shop();
    }

    @AfterAll
    static void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void servesByWhatItKnowsWhileCutOffFromTheConfigService() throws IOException, InterruptedException {
        Traffic traffic = Traffic.start(shop.client(), "traffic-control-cut", "http://catalog/", RATE);
        cluster.cluster().cutFromControl(cluster.cluster().node(1));
        addService("late", "10.96.1.20");
        awaitAgentServes(shop.otherClient(), "late");
        // To the agent that has not heard of it, it is unmatched traffic, which kube-proxy brings to a pod.
        assertThat(shop.client().curl("http://late/").output())
                .contains("200 OK")
                .doesNotContainIgnoringCase(TestCluster.PASSED_THE_AGENT);

        cluster.cluster().healToControl(cluster.cluster().node(1));
        Duration converged = awaitAgentServes(shop.client(), "late");

        CallerResult result = traffic.stop();
        figure("cut off from the config service: " + result.answered() + " answered, " + result.failed()
                + " failed; healed: converged after " + converged.toMillis() + " ms");
        assertThat(result.failed()).as(result.toString()).isZero();
    }

    @Test
    void keepsToPodsThatItReachesWhileNodesAreCutFromEachOther() throws IOException, InterruptedException {
        Traffic traffic = Traffic.start(shop.client(), "traffic-node-cut", "http://catalog/", RATE);
        cluster.cluster().cutNodes();
        Duration settled = awaitEndpoints(1);
        CallerResult meanwhile = call();

        cluster.cluster().healNodes();
        Duration healed = awaitEndpoints(2);

        CallerResult result = traffic.stop();
        figure("nodes cut from each other: " + result.answered() + " answered, " + result.failed()
                + " failed, slowest after " + Math.round(result.maxMillis()) + " ms; only near pods after "
                + settled.toMillis() + " ms; healed: all pods after " + healed.toMillis() + " ms");
        assertThat(meanwhile.endpoints()).containsOnlyKeys("server-0");
        assertThat(result.failed()).as(result.toString()).isZero();
    }

    @Test
    void servesOnWhileTheConfigServiceIsKilledAndRestarted() throws IOException, InterruptedException {
        Traffic traffic = Traffic.start(shop.client(), "traffic-config-kill", "http://catalog/", RATE);
        cluster.cluster().configService(1).process().kill();
        cluster.cluster().configService(1).process().awaitExit(TestCluster.DEADLINE);
        addService("later", "10.96.1.21");
        cluster.cluster().configService(1).restart();
        Duration converged = awaitAgentServes(shop.client(), "later");

        CallerResult result = traffic.stop();
        figure("config service killed: " + result.answered() + " answered, " + result.failed()
                + " failed; started again: converged after " + converged.toMillis() + " ms");
        assertThat(result.failed()).as(result.toString()).isZero();
    }

    @Test
    void servesAgainWhenAKilledAgentIsRestarted() throws IOException, InterruptedException {
        Traffic traffic = Traffic.start(shop.otherClient(), "traffic-agent-kill", "http://catalog/", RATE);
        NodeAgent agent = cluster.cluster().node(2).agent();
        agent.process().kill();
        agent.process().awaitExit(TestCluster.DEADLINE);
        agent.restart();
        Duration ready = agent.awaitReady();

        CallerResult after = shop.otherClient().call("http", "--rate", "50", "--seconds", "1", "http://catalog/");
        CallerResult result = traffic.stop();
        figure("agent killed: ready again after " + ready.toMillis() + " ms; " + result.answered() + " answered, "
                + result.failed() + " failed");
        assertThat(after.failed()).as(after.toString()).isZero();
        assertThat(result.failed()).isLessThan(ready.toMillis() * RATE / 1000 + RATE);
    }

    private static CallerResult call() throws IOException, InterruptedException {
        return shop.client().call("http", "--rate", "50", "--seconds", "1", "http://catalog/");
    }

    private static Duration awaitEndpoints(int count) {
        return Poll.until(TestCluster.DEADLINE, () -> "other endpoints answer than expected", () -> {
            try {
                CallerResult result = call();
                return result.failed() == 0 && result.endpoints().size() == count;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        });
    }

    private static Duration awaitAgentServes(Pod client, String service) {
        return cluster.awaitAnswer(client, "http://" + service + "/", TestCluster.PASSED_THE_AGENT);
    }

    private static void addService(String name, String address) throws IOException, InterruptedException {
        cluster.cluster()
                .add(ClusterService.clusterIp("shop", name, address, Port.of("http", 80, 8080))
                        .selecting("server"));
    }

    private static void figure(String figure) {
        System.out.println("figure: " + figure);
    }
}
