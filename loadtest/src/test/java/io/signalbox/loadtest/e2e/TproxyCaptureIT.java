package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.loadtest.harness.Commands;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.ProgramProcess;
import io.signalbox.loadtest.harness.Tally;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A pod behind a node whose agent takes what the pod sends by TPROXY, and servers behind the node. Something like
 * kube-proxy is there too, and would lead everything to an endpoint that nobody has.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TproxyCaptureIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String POD = "10.99.1.2";
    private static final String POD_V6 = "fd99:1::2";
    private static final String OUTSIDE = "10.97.0.1";
    private static final String OUTSIDE_V6 = "fd97::1";
    private static final String KUBE_PROXY = """
            table inet kube-proxy {
              chain prerouting {
                type nat hook prerouting priority dstnat;
                ip daddr 10.96.0.0/16 meta l4proto tcp dnat ip to 10.98.0.99
                ip6 daddr fd96::/64 meta l4proto tcp dnat ip6 to fd98::99
              }
            }
            """;

    private static CapturedNode node;
    private static NetworkNamespace pod;
    private static NetworkNamespace remote;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        node = CapturedNode.create(TproxyCaptureIT.class)
                .captureMode("tproxy")
                .agentOption("--capture-interfaces", "pod*", "--capture-spoof-source", "true");
        pod = NetworkNamespace.create("pod");
        remote = NetworkNamespace.create("remote");
        node.network()
                .connect(
                        "pod0",
                        List.of("10.99.1.1/24", "fd99:1::1/64"),
                        pod,
                        "eth0",
                        List.of(POD + "/24", POD_V6 + "/64"));
        node.network()
                .connect(
                        "up0",
                        List.of("10.98.0.254/24", "fd98::fe/64"),
                        remote,
                        "eth0",
                        List.of("10.98.0.1/24", "fd98::1/64"));
        for (String[] route : new String[][] {{"10.99.1.1", "10.98.0.254"}, {"fd99:1::1", "fd98::fe"}}) {
            pod.require("ip", "route", "add", "default", "via", route[0]);
            remote.require("ip", "route", "add", "default", "via", route[1]);
        }
        node.network().require("ip", "route", "add", "10.97.0.0/16", "via", "10.98.0.1");
        node.network().require("ip", "-6", "route", "delete", "fd97::/64");
        node.network().require("ip", "-6", "route", "add", "fd97::/64", "via", "fd98::1");
        for (String setting : List.of("ipv4/ip_forward", "ipv6/conf/all/forwarding")) {
            node.network().require("sh", "-c", "echo 1 > /proc/sys/net/" + setting);
        }
        node.network().requireWithInput(KUBE_PROXY, "nft", "-f", "-");

        node.backendsIn(remote)
                .backend("--http", "catalog-1", "10.98.0.1:8080")
                .backend("--http", "catalog-2", "10.98.0.2:8080")
                .backend("--banner", "ledger-1", "10.98.0.1:7777")
                .backend("--http", "six-1", "[fd98::1]:8080");
        for (String address : List.of(OUTSIDE, "[" + OUTSIDE_V6 + "]")) {
            node.backend("--http", "outside", address + ":80").backend("--http", "outside", address + ":90");
        }
        node.write(
                "registry.yaml",
                Manifests.all(
                        Manifests.service("shop", "catalog", "10.96.0.10", "http", 80),
                        Manifests.endpoints("shop", "catalog", "http", 8080, "10.98.0.1 v1", "10.98.0.2 v1"),
                        Manifests.service("shop", "catalog-six", "fd96::10", "http", 80),
                        Manifests.endpoints("shop", "catalog-six", "http", 8080, "fd98::1 v1"),
                        Manifests.service("shop", "ledger", "10.96.0.11", "tcp", 7000),
                        Manifests.endpoints("shop", "ledger", "tcp", 7777, "10.98.0.1 v1"),
                        Manifests.service("shop", "plain", "10.96.0.12", "tcp", 82),
                        Manifests.endpoints("shop", "plain", "tcp", 8080, "10.98.0.2 v1"),
                        """
                        apiVersion: v1
                        kind: Pod
                        metadata: {name: web, namespace: shop, labels: {app: web}}
                        spec: {nodeName: %s}
                        status: {phase: Running, podIP: %s, podIPs: [{ip: %s}, {ip: "%s"}]}
                        """.formatted(Mesh.NODE, POD, POD, POD_V6)));
        node.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (node != null) {
            node.close();
        }
        if (pod != null) {
            pod.close();
        }
        if (remote != null) {
            remote.close();
        }
    }

    /** A bare name as Host means something only to callers that are known. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({"10.96.0.10, catalog, 2", "[fd96::10], catalog-six, 1"})
    @Order(1)
    void balancesRequestsOfPodsAndKnowsThem(String address, String host, int endpoints)
            throws IOException, InterruptedException {
        Tally tally = new Tally();
        // Endpoints that are equally idle are drawn: that one gets all of them happens once in 2^39 runs.
        curl("-H", "Host: " + host, "http://" + address + "/[1-40]")
                .output()
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("x-endpoint: "))
                .forEach(tally::answered);
        assertThat(tally.answered()).isEqualTo(40);
        assertThat(tally.counts()).hasSize(endpoints);
    }

    @Test
    @Order(1)
    void forwardsTcpByAddressThoughAnotherTableTranslatesIt() throws IOException, InterruptedException {
        String output = pod.run("bash", "-c", "sleep 1 | curl -sN --max-time 2 telnet://10.96.0.11:7000")
                .output();
        assertThat(output).startsWith("ledger-1");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "http://10.96.0.12:82/, catalog-2, " + POD,
        "http://" + OUTSIDE + ":90/, outside, " + POD,
        "http://[" + OUTSIDE_V6 + "]:90/, outside, " + POD_V6,
    })
    @Order(1)
    void opaqueConnectionsReachEndpointsFromTheCallersAddress(String url, String endpoint, String peer)
            throws IOException, InterruptedException {
        String output = curl("-H", "Host: nobody.example", url).output();
        assertThat(header(output, "x-endpoint")).isEqualTo(endpoint);
        assertThat(InetAddress.ofLiteral(header(output, "x-seen-peer"))).isEqualTo(InetAddress.ofLiteral(peer));
    }

    @Test
    @Order(1)
    void whoDialsTheAgentsOwnPortGetsNothing() throws IOException, InterruptedException {
        assertThat(curl("http://10.99.1.1:15001/").exitCode()).isNotZero();
        assertThat(curl("http://" + OUTSIDE + ":15001/").exitCode()).isNotZero();
    }

    @Test
    @Order(2)
    void isInstalledAsItShouldBe() throws IOException, InterruptedException {
        Commands.Result status = node.capture("status");
        assertThat(status.output())
                .contains("rules     installed, as they should be", "routing   installed, as it should be", "alive")
                .containsPattern("captured  [1-9][0-9]* connections by IPv4, [1-9][0-9]* by IPv6");
        assertThat(status.exitCode()).isZero();
        node.network().require("nft", "insert rule inet signalbox capture tcp dport 22 return");
        node.network().require("ip", "rule", "delete", "priority", "15001");
        assertThat(node.capture("status").output())
                .contains("rules     other than they should be", "routing   not installed");
        for (int i = 0; i < 2; i++) {
            assertThat(node.capture("install").exitCode()).isZero();
            assertThat(node.capture("status").exitCode()).isZero();
        }
    }

    /** With br_netfilter on, nobody would answer connections that come in by a bridge. */
    @Test
    @Order(3)
    void bridgesWhosePacketsNftablesSeesFirstAreRefused() throws IOException, InterruptedException {
        node.network().require("ip", "link", "add", "pod-bridge", "type", "bridge");
        try {
            node.network().require("sysctl", "-q", "-w", "net.bridge.bridge-nf-call-iptables=1");
            Commands.Result refused = node.capture("install");
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.output())
                    .contains("net.bridge.bridge-nf-call-iptables: 1, and pod-bridge is a bridge (expected: 0");
            node.network()
                    .require(
                            "sysctl",
                            "-q",
                            "-w",
                            "net.bridge.bridge-nf-call-iptables=0",
                            "net.bridge.bridge-nf-call-ip6tables=0");
            assertThat(node.capture("install").exitCode()).isZero();
        } finally {
            node.network().require("ip", "link", "delete", "pod-bridge");
        }
    }

    @Test
    @Order(4)
    void withoutAnAgentConnectionsGoTheirWay() throws IOException, InterruptedException {
        node.agent().kill();
        await().atMost(DEADLINE).until(() -> !node.agent().isAlive());
        assertThat(header(
                        curl("-H", "Host: catalog.shop", "http://" + OUTSIDE + "/")
                                .output(),
                        "x-endpoint"))
                .isEqualTo("outside");
        ProgramProcess agent = node.startAgent();
        await().atMost(DEADLINE)
                .until(() -> header(
                                curl("-H", "Host: catalog.shop", "http://" + OUTSIDE + "/")
                                        .output(),
                                "x-endpoint")
                        .startsWith("catalog-"));
        agent.terminate();
        assertThat(agent.awaitExit(DEADLINE)).isZero();
        assertThat(header(
                        curl("-H", "Host: catalog.shop", "http://" + OUTSIDE + "/")
                                .output(),
                        "x-endpoint"))
                .isEqualTo("outside");
        assertThat(node.network().require("nft", "list", "tables"))
                .isEqualToIgnoringWhitespace("table inet kube-proxy");
        for (String family : List.of("-4", "-6")) {
            assertThat(node.network().require("ip", family, "rule")).doesNotContain("15001");
            assertThat(node.network().require("ip", family, "route", "show", "table", "all"))
                    .doesNotContain("table 15001");
        }
    }

    private static Commands.Result curl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "-sSi", "--max-time", "20"));
        command.addAll(Arrays.asList(arguments));
        return pod.run(command.toArray(String[]::new));
    }

    private static String header(String output, String name) {
        return output.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2).strip())
                .findFirst()
                .orElse("");
    }
}
