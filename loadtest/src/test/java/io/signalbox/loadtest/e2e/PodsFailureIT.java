package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What becomes of a captured pod's connections when the agent is killed, stopped, started again and replaced. A server
 * outside answers what is not captured; what is captured goes by its Host to another.
 */
class PodsFailureIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String OUTSIDE = "http://10.97.0.1/";
    private static final String OUTSIDE_V6 = "http://[fd97::1]/";
    private static final int REFUSED = 7;

    private static CapturedNode node;
    private static int pods;

    private CapturedPod pod;

    @BeforeAll
    static void startNode() throws IOException, InterruptedException {
        node = CapturedNode.create(PodsFailureIT.class)
                .captureMode("pods")
                .agentOption("--pods-cgroup", CapturedPod.podsCgroup())
                .backend("--http", "catalog-1", "10.98.0.1:8080")
                .backend("--http", "outside", "10.97.0.1:80")
                .backend("--http", "outside-six", "[fd97::1]:80");
        node.write(
                "registry.yaml",
                Manifests.all(
                        Manifests.service("shop", "catalog", "10.96.0.10", "http", 80),
                        Manifests.endpoints("shop", "catalog", "http", 8080, "10.98.0.1 v1")));
        node.start();
    }

    @AfterAll
    static void stopNode() throws IOException {
        node.close();
        CapturedPod.closeAll();
    }

    @BeforeEach
    void create() throws IOException, InterruptedException {
        if (!node.agent().isAlive()) {
            node.startAgent();
        }
        pods++;
        pod = CapturedPod.create(node, "shop", "cart-" + pods, pods);
    }

    @AfterEach
    void close() throws IOException {
        pod.close();
    }

    private void start(String annotations) throws IOException, InterruptedException {
        node.apply("pod.yaml", pod.manifest(annotations));
        pod.hold();
        awaitCaptured();
    }

    private void awaitCaptured() {
        await().atMost(DEADLINE).until(() -> answeredBy(OUTSIDE).equals("catalog-1"));
    }

    private String answeredBy(String url) throws IOException, InterruptedException {
        return pod.answeredBy(url, "catalog.shop");
    }

    @Test
    void whatFailsOpenGoesDirectAtOnceWhenTheAgentIsKilled() throws IOException, InterruptedException {
        start("");
        assertThat(answeredBy(OUTSIDE_V6)).isEqualTo("catalog-1");

        node.agent().kill();
        long killed = System.nanoTime();
        await().atMost(DEADLINE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> answeredBy(OUTSIDE).equals("outside"));
        TestMesh.figure(
                "direct " + Duration.ofNanos(System.nanoTime() - killed).toMillis() + " ms after the agent was killed");
        assertThat(answeredBy(OUTSIDE_V6)).isEqualTo("outside-six");
        // What stays changes nothing but the addresses of connections that are open still, until the next agent ends.
        assertThat(pod.network().require("nft", "list", "ruleset").lines().map(String::strip))
                .containsExactly(
                        "table inet signalbox {",
                        "chain open_connections {",
                        "type nat hook output priority -105; policy accept;",
                        "ct status dnat accept",
                        "}",
                        "}");

        node.startAgent();
        awaitCaptured();
        assertThat(answeredBy(OUTSIDE_V6)).isEqualTo("catalog-1");
    }

    @Test
    void whatFailsClosedIsRefusedUntilAnAgentIsThere() throws IOException, InterruptedException {
        start("signalbox.io/capture-failure: closed");
        node.agent().kill();
        await().atMost(DEADLINE).until(() -> !node.agent().isAlive());
        assertThat(pod.curl(OUTSIDE).exitCode()).isEqualTo(REFUSED);
        assertThat(pod.curl(OUTSIDE_V6).exitCode()).isEqualTo(REFUSED);

        ProgramProcess agent = node.startAgent();
        awaitCaptured();
        agent.terminate();
        assertThat(agent.awaitExit(DEADLINE)).isZero();
        assertThat(pod.curl(OUTSIDE).exitCode()).isEqualTo(REFUSED);

        node.startAgent();
        awaitCaptured();
        node.apply("pod.yaml", pod.manifest("signalbox.io/capture: disabled"));
        await().atMost(DEADLINE).until(() -> answeredBy(OUTSIDE).equals("outside"));
        assertThat(pod.network().require("nft", "list", "ruleset")).isEmpty();
    }

    @Test
    void aPodThatWasClosedIsOpenWhenTheNextAgentFindsItSo() throws IOException, InterruptedException {
        start("signalbox.io/capture-failure: closed");
        node.agent().kill();
        await().atMost(DEADLINE).until(() -> !node.agent().isAlive());
        node.write("pod.yaml", pod.manifest(""));
        node.startAgent();
        await().atMost(DEADLINE)
                .untilAsserted(() -> assertThat(pod.report()).isNotNull().contains("\"failure_mode\":\"open\""));
        assertThat(answeredBy(OUTSIDE)).isEqualTo("catalog-1");

        node.agent().kill();
        await().atMost(DEADLINE).until(() -> answeredBy(OUTSIDE).equals("outside"));
    }

    @Test
    void anUpgradeOfWhatFailsOpenIsNotNoticed() throws IOException, InterruptedException {
        start("");
        upgradeUnderLoad();
    }

    @Test
    void anUpgradeOfWhatFailsClosedIsNotNoticed() throws IOException, InterruptedException {
        start("signalbox.io/capture-failure: closed");
        upgradeUnderLoad();
    }

    /** Replaces the agent while the pod opens connections, one for each request. */
    private void upgradeUnderLoad() throws IOException, InterruptedException {
        Path output = node.directory().resolve("load-" + pod.uid());
        Process load = pod.start(
                output,
                // What it has written must be there when it is killed.
                "stdbuf",
                "-oL",
                "curl",
                "-s",
                "--max-time",
                "20",
                "--rate",
                "100/s",
                "-H",
                "Host: catalog.shop",
                "-H",
                "Connection: close",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code} %{exitcode} %header{x-endpoint}\\n",
                OUTSIDE + "[1-100000]");
        ProgramProcess old = node.agent();
        node.startSuccessor();
        await().atMost(DEADLINE)
                .untilAsserted(() -> assertThat(pod.report()).isNotNull().contains("\"state\":\"captured\""));
        old.terminate();
        assertThat(old.awaitExit(DEADLINE)).isZero();
        assertThat(answeredBy(OUTSIDE)).isEqualTo("catalog-1");
        load.destroyForcibly().waitFor();
        Map<String, Integer> results = new TreeMap<>();
        Files.readAllLines(output).forEach(line -> results.merge(line, 1, Integer::sum));
        TestMesh.figure("during the upgrade: " + results);
        assertThat(results).containsOnlyKeys("200 0 catalog-1");
    }
}
