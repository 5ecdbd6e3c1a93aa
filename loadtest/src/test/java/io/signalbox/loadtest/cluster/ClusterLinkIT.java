package io.signalbox.loadtest.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.cluster.ClusterService.Port;
import io.signalbox.loadtest.link.LinkQuality;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What callers see while the link to one of two nodes is slow or lossy. */
class ClusterLinkIT {
    private static final long SEED = 20_261_123;

    private static TestCluster cluster;
    private static Shop shop;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = TestCluster.start(ClusterLinkIT.class, Cluster.Source.FILES, 1, Capture.REDIRECT, """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: all, namespace: shop}
                spec:
                  host: "*.shop.svc.cluster.local"
                  trafficPolicy:
                    # The nodes are zones of their own, and near pods would be preferred.
                    loadBalancer: {simple: ROUND_ROBIN, localityLbSetting: {enabled: false}}
                """);
        shop = cluster.shop();
    }

    @AfterAll
    static void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    @AfterEach
    void restore() throws IOException, InterruptedException {
        cluster.cluster().restore(farNode());
    }

    @Test
    void answersAllRequestsOverALinkThatLosesPackets() throws IOException, InterruptedException {
        // With much more, TCP's own pauses between attempts, which double, outlast any caller's patience now and then.
        cluster.cluster().degrade(farNode(), LinkQuality.loss(8, SEED));

        CallerResult result = call("http://catalog/", "--connections", "16", "--rate", "20", "--timeout-seconds", "30");

        figure("8 % of packets lost each way", result);
        assertThat(result.failed()).as(result.toString()).isZero();
        assertThat(result.endpoints()).containsOnlyKeys("server-0", "server-1");
        // Something was sent again.
        assertThat(result.maxMillis()).as(result.toString()).isGreaterThan(150);
    }

    @Test
    void triesTheNearPodWhenTheFarOneTakesTooLong() throws IOException, InterruptedException {
        declare("patient", "10.96.1.30", """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: patient, namespace: shop}
                spec:
                  hosts: [patient.shop.svc.cluster.local]
                  http:
                  - route:
                    - destination: {host: patient.shop.svc.cluster.local}
                    timeout: 5s
                    retries: {attempts: 2, perTryTimeout: 100ms, retryOn: gateway-error}
                """);
        cluster.cluster().degrade(farNode(), LinkQuality.delay(Duration.ofMillis(150)));

        CallerResult result = call("http://patient/", "--rate", "50");

        figure("far pod 300 ms away, 100 ms for each try", result);
        assertThat(result.failed()).as(result.toString()).isZero();
        assertThat(result.endpoints()).containsOnlyKeys("server-0");
    }

    /**
     * Far ones of 100: of two the less busy one is near whenever an answer of the far one is on its way; and with peak
     * EWMA for seconds after that.
     */
    @ParameterizedTest
    @CsvSource({
        "ROUND_ROBIN, 10.96.1.31, 40, 60",
        "LEAST_REQUEST, 10.96.1.32, 1, 25",
        "PEAK_EWMA, 10.96.1.33, 0, 8",
    })
    void sendsLessToAFarPodOnlyWhereTheBalancerLooksAtRunningRequestsOrLatency(
            String balancer, String address, int atLeast, int atMost) throws IOException, InterruptedException {
        boolean isIstios = !balancer.equals("PEAK_EWMA");
        String service = balancer.toLowerCase(Locale.ROOT).replace('_', '-');
        declare(service, address, """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %1$s, namespace: shop%3$s}
                spec:
                  host: %1$s.shop.svc.cluster.local
                  trafficPolicy:
                    loadBalancer: {simple: %2$s, localityLbSetting: {enabled: false}}
                """.formatted(
                        service,
                        isIstios ? balancer : "UNSPECIFIED",
                        isIstios ? "" : ", annotations: {signalbox.io/load-balancer: " + balancer + "}"));
        cluster.cluster().degrade(farNode(), LinkQuality.delay(Duration.ofMillis(100)));

        CallerResult result = call("http://" + service + "/", "--connections", "40", "--rate", "100");

        figure(balancer + ", far pod 200 ms away", result);
        assertThat(result.failed()).as(result.toString()).isZero();
        assertThat(result.endpoints().getOrDefault("server-1", 0L) * 100 / result.answered())
                .as(result.toString())
                .isBetween((long) atLeast, (long) atMost);
    }

    private static ClusterNode farNode() {
        return cluster.cluster().node(2);
    }

    private static void declare(String service, String address, String manifest)
            throws IOException, InterruptedException {
        cluster.apply(manifest);
        cluster.cluster()
                .add(ClusterService.clusterIp("shop", service, address, Port.of("http", 80, 8080))
                        .selecting("server"));
        cluster.awaitAnswer(shop.client(), "http://" + service + "/", TestCluster.PASSED_THE_AGENT);
    }

    private static CallerResult call(String url, String... options) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("http", "--seconds", "3"));
        arguments.addAll(Arrays.asList(options));
        arguments.add(url);
        return shop.client().call(arguments.toArray(String[]::new));
    }

    private static void figure(String what, CallerResult result) {
        System.out.println("figure: " + what + ": " + result);
    }
}
