package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Capture inside the network namespaces of pods. Service addresses belong to nobody; "outside" is a server that no
 * service names, so what is not captured is answered by it, whatever the Host.
 */
class PodsCaptureIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int REFUSED = 7;
    private static final String ROUND_ROBIN = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: in-turn, namespace: shop}
            spec: {host: "*.shop.svc.cluster.local", trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}
            """;
    private static final String OUTSIDE = "http://10.97.0.1/";

    private static CapturedNode node;
    private static CapturedPod shop;
    private static CapturedPod other;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        node = CapturedNode.create(PodsCaptureIT.class)
                .captureMode("pods")
                .agentOption("--pods-cgroup", CapturedPod.podsCgroup())
                .agentOption("--cni-dir", cniDirectory().toString())
                .backend("--http", "catalog-1", "10.98.0.1:8080")
                .backend("--http", "catalog-2", "10.98.0.2:8080")
                .backend("--http", "catalog-six", "[fd98::1]:8080")
                .backend("--http", "secret-1", "10.98.0.3:8080")
                .backend("--banner", "ledger-1", "10.98.0.1:7777")
                .backend("--http", "outside", "10.97.0.1:80")
                .backend("--banner", "outside-tcp", "10.97.0.1:9000");
        shop = CapturedPod.create(node, "shop", "cart", 1);
        other = CapturedPod.create(node, "other", "spy", 2);
        node.write(
                "registry.yaml",
                Manifests.all(
                        Manifests.service("shop", "catalog", "10.96.0.10", "http", 80),
                        Manifests.endpoints("shop", "catalog", "http", 8080, "10.98.0.1 v1", "10.98.0.2 v1"),
                        Manifests.service("shop", "catalog-six", "fd96::10", "http", 80),
                        Manifests.endpoints("shop", "catalog-six", "http", 8080, "fd98::1 v1"),
                        Manifests.service("shop", "ledger", "10.96.0.11", "tcp", 7000),
                        Manifests.endpoints("shop", "ledger", "tcp", 7777, "10.98.0.1 v1"),
                        """
                apiVersion: v1
                kind: Service
                metadata: {name: secret, namespace: shop, annotations: {networking.istio.io/exportTo: "."}}
                spec:
                  clusterIP: 10.96.0.12
                  ports: [{name: http, port: 80}]
                """,
                        Manifests.endpoints("shop", "secret", "http", 8080, "10.98.0.3 v1"),
                        ROUND_ROBIN,
                        shop.manifest(""),
                        other.manifest("")));
        node.start();
        shop.hold();
        other.hold();
        awaitCaptured(shop);
        awaitCaptured(other);
    }

    private static Path cniDirectory() {
        return TestMesh.directory(PodsCaptureIT.class).resolve("cni");
    }

    @AfterAll
    static void stop() throws IOException {
        shop.close();
        other.close();
        node.close();
        CapturedPod.closeAll();
    }

    private static void awaitCaptured(CapturedPod pod) {
        awaitReport(pod, "\"state\":\"captured\"");
    }

    private static void awaitReport(CapturedPod pod, String part) {
        await().atMost(DEADLINE)
                .untilAsserted(() -> assertThat(pod.report()).isNotNull().contains(part));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"http://10.96.0.10/, catalog.shop, 2", "http://[fd96::10]/, catalog-six.shop, 1"})
    void balancesWhatAPodAsks(String url, String host, int endpoints) throws IOException, InterruptedException {
        Set<String> answered = new HashSet<>();
        for (int i = 0; i < 2 * endpoints; i++) {
            answered.add(shop.answeredBy(url, host));
        }
        assertThat(answered).hasSize(endpoints).allMatch(name -> name.startsWith("catalog-"));
    }

    @Test
    void forwardsTcpOfServersThatSpeakFirst() throws IOException, InterruptedException {
        assertThat(firstLine(shop, "10.96.0.11", 7000)).isEqualTo("ledger-1");
    }

    @Test
    void whatIsPassedThroughComesFromThePodsOwnAddress() throws IOException, InterruptedException {
        Process connection =
                shop.start("bash", "-c", "exec 3<>/dev/tcp/10.97.0.1/9000; read -u 3 line; echo \"$line\"; sleep 20");
        try (var output = connection.inputReader()) {
            assertThat(output.readLine()).isEqualTo("outside-tcp");
            assertThat(node.admin("/connections").replaceAll("\\s", "")).contains("\"passthrough\"");
            assertThat(node.network().require("ss", "-Htn", "state", "established", "sport", "=", ":9000"))
                    .contains(shop.address())
                    .hasLineCount(1);
        } finally {
            connection.destroyForcibly().waitFor();
        }
    }

    @Test
    void aCallerIsThePodThatTheConnectionIsFrom() throws IOException, InterruptedException {
        assertThat(shop.answeredBy(OUTSIDE, "secret")).isEqualTo("secret-1");
        assertThat(other.answeredBy(OUTSIDE, "secret")).isEqualTo("outside");
        assertThat(node.admin("/snapshot")).contains(shop.uid());
    }

    @Test
    void claimingAnotherPodsIdentityGivesNothing() throws IOException, InterruptedException {
        other.network().require("ip", "address", "add", shop.address() + "/32", "dev", "lo");
        try {
            String spoofed = other.curl(
                            "--interface",
                            shop.address(),
                            "-H",
                            "Host: secret",
                            "-H",
                            "x-forwarded-for: " + shop.address(),
                            "-H",
                            "x-forwarded-client-cert: By=spiffe://cluster.local/ns/shop/sa/default",
                            "-H",
                            "x-envoy-peer-metadata-id: sidecar~" + shop.address() + "~cart.shop~shop.svc.cluster.local",
                            OUTSIDE)
                    .output();
            assertThat(spoofed).doesNotContain("secret-1");

            // To a service that both may use: the agent knows by whom.
            Process connection = other.start(
                    "bash", "-c", "exec 3<>/dev/tcp/10.96.0.11/7000; read -u 3 line; echo \"$line\"; sleep 20");
            await().atMost(DEADLINE)
                    .untilAsserted(() -> assertThat(node.admin("/connections").replaceAll("\\s", ""))
                            .contains("\"source_workload\":\"other/spy\""));
            connection.destroyForcibly().waitFor();
        } finally {
            other.network().require("ip", "address", "delete", shop.address() + "/32", "dev", "lo");
        }
    }

    @Test
    void whatDialsTheAgentItselfIsClosed() throws IOException, InterruptedException {
        assertThat(shop.curl("http://127.0.0.1:15001/").output()).containsAnyOf("Empty reply", "reset by peer");
    }

    @Test
    void aPodIsReachedAtItsOwnAddressesAsWithoutAnAgent() throws IOException, InterruptedException {
        // Nobody listens there. An agent would take the connection and then find that out.
        assertThat(shop.curl("http://" + shop.address() + ":7070/").exitCode()).isEqualTo(REFUSED);
    }

    @Test
    void aConnectionThatIsOlderThanItsCaptureGoesOn() throws IOException, InterruptedException {
        try (CapturedPod pod = CapturedPod.create(node, "shop", "old", 3)) {
            // Outside of the pod's cgroup, so that the pod is captured only later.
            Process old = new ProcessBuilder(
                            "ip", "netns", "exec", pod.network().name(), "bash", "-c", """
                            exec 3<>/dev/tcp/10.97.0.1/80
                            read go
                            printf 'GET / HTTP/1.1\\r\\nHost: outside\\r\\nConnection: close\\r\\n\\r\\n' >&3
                            cat <&3
                            """)
                    .redirectErrorStream(true)
                    .start();
            await().atMost(DEADLINE)
                    .until(() -> pod.network()
                            .require("ss", "-Htn", "state", "established")
                            .contains("10.97.0.1:80"));
            pod.hold();
            awaitCaptured(pod);
            assertThat(pod.answeredBy(OUTSIDE, "catalog.shop")).startsWith("catalog-");
            try (var input = old.outputWriter()) {
                input.write("go\n");
            }
            assertThat(new String(old.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .containsIgnoringCase("x-endpoint: outside");
        }
    }

    @Test
    void aPodThatGoesLeavesNothing() throws IOException, InterruptedException {
        long files = openFiles();
        CapturedPod pod = CapturedPod.create(node, "shop", "brief", 4).hold();
        try {
            awaitCaptured(pod);
            assertThat(pod.answeredBy(OUTSIDE, "catalog.shop")).startsWith("catalog-");
            pod.end();
        } finally {
            pod.close();
        }
        await().atMost(DEADLINE).untilAsserted(() -> assertThat(pod.report()).isNull());
        await().atMost(DEADLINE).untilAsserted(() -> assertThat(openFiles()).isLessThanOrEqualTo(files));
        // The kernel removes the node's end of the cable when nothing holds the pod's network any more.
        await().atMost(DEADLINE)
                .untilAsserted(
                        () -> assertThat(node.run("ip", "link", "show", "pod4").exitCode())
                                .isNotZero());
    }

    private static long openFiles() throws IOException {
        try (var files = Files.list(Path.of("/proc/" + node.agent().pid() + "/fd"))) {
            return files.count();
        }
    }

    @Test
    void aPodIsCapturedSoonAfterItAppears() throws IOException, InterruptedException {
        try (CapturedPod pod = CapturedPod.create(node, "shop", "new", 5)) {
            long before = System.nanoTime();
            pod.hold();
            await().atMost(DEADLINE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> Files.readString(node.directory().resolve("agent.log"))
                            .contains("pod captured: uid=" + pod.uid()));
            TestMesh.figure("pod captured "
                    + Duration.ofNanos(System.nanoTime() - before).toMillis()
                    + " ms after its first program was started");
        }
    }

    @Test
    void aPodCanBeLeftAloneAndCapturedLater() throws IOException, InterruptedException {
        try (CapturedPod pod = CapturedPod.create(node, "shop", "loner", 6)) {
            node.apply("loner.yaml", pod.manifest("signalbox.io/capture: disabled"));
            pod.hold();
            awaitReport(pod, "\"state\":\"excluded\"");
            assertThat(pod.answeredBy(OUTSIDE, "catalog.shop")).isEqualTo("outside");
            assertThat(pod.network().require("nft", "list", "ruleset")).isEmpty();

            node.apply("loner.yaml", pod.manifest(""));
            awaitCaptured(pod);
            assertThat(pod.answeredBy(OUTSIDE, "catalog.shop")).startsWith("catalog-");

            node.apply("loner.yaml", pod.manifest("signalbox.io/capture: disabled"));
            awaitReport(pod, "\"state\":\"excluded\"");
            assertThat(pod.answeredBy(OUTSIDE, "catalog.shop")).isEqualTo("outside");
            assertThat(pod.network().require("nft", "list", "ruleset")).isEmpty();
        }
    }

    private static String firstLine(CapturedPod pod, String address, int port)
            throws IOException, InterruptedException {
        return pod.run("bash", "-c", "read -t 10 line < /dev/tcp/" + address + "/" + port + "; echo \"$line\"")
                .output()
                .strip();
    }
}
