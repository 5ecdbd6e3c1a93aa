package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What becomes of connections when the agent is killed, stopped and started again. A server outside answers what is not
 * captured; what is captured goes by its Host to another.
 */
class CaptureFailureIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String OUTSIDE = "http://10.97.0.1/";
    private static final String OUTSIDE_V6 = "http://[fd97::1]/";
    private static final int REFUSED = 7;

    private CapturedNode node;

    @BeforeEach
    void create() throws IOException, InterruptedException {
        node = CapturedNode.create(CaptureFailureIT.class)
                .backend("--http", "catalog-1", "10.98.0.1:8080")
                .backend("--http", "outside", "10.97.0.1:80")
                .backend("--http", "outside-six", "[fd97::1]:80");
        node.write(
                "registry.yaml",
                Manifests.all(
                        Manifests.service("shop", "catalog", "10.96.0.10", "http", 80),
                        Manifests.endpoints("shop", "catalog", "http", 8080, "10.98.0.1 v1")));
    }

    @AfterEach
    void close() throws IOException {
        node.close();
    }

    @Test
    void whatFailsOpenGoesDirectAtOnceAfterAKill() throws IOException, InterruptedException {
        node.start();
        await().atMost(DEADLINE).until(() -> answeredBy(OUTSIDE).equals("catalog-1"));
        assertThat(answeredBy(OUTSIDE_V6)).isEqualTo("catalog-1");
        assertThat(node.capture("status").output())
                .contains("rules     installed, as they should be", "agent     alive")
                .containsPattern("captured  [1-9][0-9]* connections by IPv4, [1-9][0-9]* by IPv6");

        node.agent().kill();
        long killed = System.nanoTime();
        await().atMost(DEADLINE).until(() -> answeredBy(OUTSIDE).equals("outside"));
        long millis = Duration.ofNanos(System.nanoTime() - killed).toMillis();
        TestMesh.figure("direct " + millis + " ms after the agent was killed");
        assertThat(millis).isLessThan(2000);
        assertThat(answeredBy(OUTSIDE_V6)).isEqualTo("outside-six");
        assertThat(node.capture("status").output()).contains("rules     other than they should be");

        node.startAgent();
        await().atMost(DEADLINE).until(() -> answeredBy(OUTSIDE).equals("catalog-1"));
        assertThat(answeredBy(OUTSIDE_V6)).isEqualTo("catalog-1");
    }

    @Test
    void rulesOfAnotherProgramFailOpenWithinSecondsOfAKill() throws IOException, InterruptedException {
        assertThat(node.capture("install").exitCode()).isZero();
        node.agentOption("--capture-install", "false");
        node.start();
        await().atMost(DEADLINE).until(() -> answeredBy(OUTSIDE).equals("catalog-1"));
        node.agent().kill();
        await().atMost(DEADLINE).until(() -> answeredBy(OUTSIDE).equals("outside"));
        assertThat(answeredBy(OUTSIDE_V6)).isEqualTo("outside-six");
        assertThat(node.run("nft", "list", "set", "inet", "signalbox", "alive").output())
                .doesNotContain("elements");
    }

    @Test
    void aStopOfWhatFailsOpenIsNotNoticedAndLeavesNothing() throws IOException, InterruptedException {
        node.start();
        await().atMost(DEADLINE).until(() -> answeredBy(OUTSIDE).equals("catalog-1"));
        ProgramProcess agent = node.agent();
        agent.terminate();
        while (agent.isAlive()) {
            assertThat(answeredBy(OUTSIDE)).isIn("catalog-1", "outside");
        }
        assertThat(agent.awaitExit(DEADLINE)).isZero();
        assertThat(answeredBy(OUTSIDE)).isEqualTo("outside");
        assertThat(node.run("nft", "list", "ruleset").output()).isEmpty();
    }

    @Test
    void whatFailsClosedIsRefusedUntilAnAgentIsThereOrRulesAreRemoved() throws IOException, InterruptedException {
        node.agentOption("--capture-failure", "closed");
        node.start();
        assertThat(answeredBy(OUTSIDE)).isEqualTo("catalog-1");
        node.agent().kill();
        await().atMost(DEADLINE).until(() -> !node.agent().isAlive());
        assertThat(node.curl(OUTSIDE).exitCode()).isEqualTo(REFUSED);
        assertThat(node.curl(OUTSIDE_V6, "--interface", "lo").exitCode()).isEqualTo(REFUSED);

        ProgramProcess agent = node.startAgent();
        assertThat(answeredBy(OUTSIDE)).isEqualTo("catalog-1");
        agent.terminate();
        assertThat(agent.awaitExit(DEADLINE)).isZero();
        assertThat(node.curl(OUTSIDE).exitCode()).isEqualTo(REFUSED);

        assertThat(node.capture("remove").exitCode()).isZero();
        assertThat(answeredBy(OUTSIDE)).isEqualTo("outside");
    }

    /** Name of the server that answers a request for a Host of the mesh; empty when none does. */
    private String answeredBy(String url) throws IOException, InterruptedException {
        return node.run("curl", "-sSi", "--max-time", "20", "-H", "Host: catalog.shop", url)
                .output()
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("x-endpoint: "))
                .map(line -> line.substring("x-endpoint: ".length()))
                .findFirst()
                .orElse("");
    }
}
