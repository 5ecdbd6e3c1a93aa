package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a pod's open connections when the agent that captured them ends. */
class PodsRestartIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String OUTSIDE = "http://10.97.0.1/";

    private CapturedNode node;
    private CapturedPod pod;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        node = CapturedNode.create(PodsRestartIT.class)
                .captureMode("pods")
                .agentOption("--pods-cgroup", CapturedPod.podsCgroup())
                .backend("--http", "catalog-1", "10.98.0.1:8080")
                .backend("--banner", "ledger-1", "10.98.0.1:7777")
                .backend("--http", "outside", "10.97.0.1:80");
        node.agentOption(
                "--handover-socket", node.directory().resolve("handover.sock").toString());
        pod = CapturedPod.create(node, "shop", "cart", 1);
        node.write(
                "registry.yaml",
                Manifests.all(
                        Manifests.service("shop", "catalog", "10.96.0.10", "http", 80),
                        Manifests.endpoints("shop", "catalog", "http", 8080, "10.98.0.1 v1"),
                        Manifests.service("shop", "ledger", "10.96.0.11", "tcp", 7000),
                        Manifests.endpoints("shop", "ledger", "tcp", 7777, "10.98.0.1 v1"),
                        pod.manifest("")));
        node.start();
        pod.hold();
        await().atMost(DEADLINE).until(() -> isCaptured());
    }

    @AfterEach
    void stop() throws IOException {
        pod.close();
        node.close();
        CapturedPod.closeAll();
    }

    private boolean isCaptured() throws IOException, InterruptedException {
        return pod.answeredBy(OUTSIDE, "catalog.shop").equals("catalog-1");
    }

    @Test
    void openConnectionsEndWhenTheAgentIsKilled() throws IOException, InterruptedException {
        Process open = pod.start(
                "bash", "-c", "exec 3<>/dev/tcp/10.96.0.11/7000; read -u 3 line; echo \"$line\"; cat <&3; echo ended");
        try (var output = open.inputReader()) {
            assertThat(output.readLine()).isEqualTo("ledger-1");
            node.agent().kill();
            await().atMost(DEADLINE).until(() -> !open.isAlive());
            assertThat(output.lines()).last().isEqualTo("ended");
        } finally {
            open.destroyForcibly().waitFor();
        }
        assertThat(pod.answeredBy(OUTSIDE, "catalog.shop")).isEqualTo("outside");
    }

    @Test
    void aRequestThatRunsIsAnsweredThoughTheAgentIsStopped() throws IOException, InterruptedException {
        Process running = startSlowRequest();
        ProgramProcess agent = node.agent();
        agent.terminate();
        await().atMost(DEADLINE)
                .until(() -> pod.answeredBy(OUTSIDE, "catalog.shop").equals("outside"));
        assertThat(agent.isAlive()).isTrue();
        assertAnswered(running);
        assertThat(agent.awaitExit(DEADLINE)).isZero();
        assertThat(pod.network().require("nft", "list", "ruleset")).isEmpty();
    }

    @Test
    void aRequestThatRunsIsAnsweredThoughTheAgentIsReplaced() throws IOException, InterruptedException {
        Process running = startSlowRequest();
        ProgramProcess before = node.agent();
        ProgramProcess next = node.launchAgent();
        await().atMost(DEADLINE).until(() -> next.log().contains("took over from the agent before"));
        before.terminate();
        assertAnswered(running);
        assertThat(before.awaitExit(DEADLINE)).isZero();
        await().atMost(DEADLINE).until(() -> isCaptured());

        // What the predecessor has left is still enough for open connections.
        Process second = startSlowRequest();
        next.terminate();
        assertAnswered(second);
        assertThat(next.awaitExit(DEADLINE)).isZero();
        assertThat(pod.network().require("nft", "list", "ruleset")).isEmpty();
    }

    /** Returns when the agent has it. */
    private Process startSlowRequest() throws IOException, InterruptedException {
        Process running = pod.start(
                "curl", "-sSi", "--max-time", "60", "-H", "Host: catalog.shop", OUTSIDE + "delay?millis=8000");
        await().atMost(DEADLINE)
                .until(() -> node.admin("/connections").replaceAll("\\s", "").contains("\"requests\":1"));
        return running;
    }

    private static void assertAnswered(Process request) throws IOException, InterruptedException {
        assertThat(new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("200 OK", "catalog-1");
        assertThat(request.waitFor()).isZero();
    }
}
