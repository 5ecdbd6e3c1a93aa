package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.loadtest.cluster.CallerResult;
import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A new agent takes over from one that runs, under load. Without an agent, the services' addresses are nobody's. */
class HandoverIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int UPGRADES = 3;
    private static final String TOOK_OVER = "took over from the agent before";

    private CapturedNode node;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        node = CapturedNode.create(HandoverIT.class);
        for (int i = 1; i <= 2; i++) {
            node.backend("--http", "catalog-" + i, "10.98.0." + i + ":8080")
                    .backend("--grpc", "orders-" + i, "10.98.0." + i + ":8181");
        }
        String[] endpoints = {"10.98.0.1 v1", "10.98.0.2 v1"};
        node.write(
                "registry.yaml",
                Manifests.all(
                        Manifests.service("shop", "catalog", "10.96.0.10", "http", 80),
                        Manifests.endpoints("shop", "catalog", "http", 8080, endpoints),
                        Manifests.service("shop", "orders", "10.96.0.12", "grpc", 81),
                        Manifests.endpoints("shop", "orders", "grpc", 8181, endpoints)));
        node.agentOption(
                "--handover-socket", node.directory().resolve("handover.sock").toString());
        node.start();
    }

    @AfterEach
    void stop() throws IOException {
        node.close();
    }

    @Test
    void noRequestFailsWhileAgentsAreReplaced() throws IOException, InterruptedException {
        ProgramProcess eachNew = http("each-new", 500, "--header", "connection=close");
        ProgramProcess keptAlive = http("kept-alive", 200);
        ProgramProcess calls = grpc();
        for (int i = 1; i <= UPGRADES; i++) {
            ProgramProcess before = node.agent();
            ProgramProcess next = node.launchAgent();
            int upgrades = i;
            await().atMost(DEADLINE).until(() -> count(TOOK_OVER) == upgrades);
            assertThat(next.isAlive()).isTrue();
            assertThat(before.isAlive()).isTrue();
            before.terminate();
            assertThat(before.awaitExit(DEADLINE)).isZero();
            long answered = ended(eachNew);
            await().atMost(DEADLINE).until(() -> ended(eachNew) > answered);
        }
        for (ProgramProcess caller : new ProgramProcess[] {eachNew, keptAlive, calls}) {
            caller.terminate();
            caller.awaitExit(DEADLINE);
            CallerResult result = CallerResult.of(caller.log());
            TestMesh.figure(result.answered() + " answered, " + result.failed() + " failed, longest "
                    + Math.round(result.maxMillis()) + " ms");
            assertThat(result.failures()).isEmpty();
            assertThat(result.failed()).isZero();
            assertThat(result.answered()).isGreaterThan(100);
            assertThat(result.endpoints()).hasSize(2);
        }
        // The last one captures, and those before have not taken its rules away.
        assertThat(node.network().require("nft", "list", "tables", "inet")).containsOnlyOnce("signalbox_");
    }

    @Test
    void aSuccessorThatDiesChangesNothing() throws IOException, InterruptedException {
        ProgramProcess eachNew = http("each-new", 500, "--header", "connection=close");
        ProgramProcess serving = node.agent();
        ProgramProcess next = node.launchAgent();
        await().atMost(DEADLINE).until(() -> count("a new process is taking over") == 1);
        next.kill();
        await().atMost(DEADLINE).until(() -> count("did not take over, serving on") == 1 || count(TOOK_OVER) == 1);
        assertThat(count(TOOK_OVER)).isZero();
        assertThat(serving.isAlive()).isTrue();
        long answered = ended(eachNew);
        await().atMost(DEADLINE).until(() -> ended(eachNew) > answered);
        eachNew.terminate();
        eachNew.awaitExit(DEADLINE);
        assertThat(CallerResult.of(eachNew.log()).failures()).isEmpty();
        assertThat(node.admin("/ready")).contains("ready");
    }

    private ProgramProcess http(String name, int rate, String... more) throws IOException {
        String[] command = new String[more.length + 7];
        System.arraycopy(
                new String[] {Launchers.caller(), "http", "--rate", Integer.toString(rate), "--seconds", "3600"},
                0,
                command,
                0,
                6);
        System.arraycopy(more, 0, command, 6, more.length);
        command[command.length - 1] = "http://10.96.0.10/";
        ProgramProcess caller = node.launch(name, command);
        await().atMost(DEADLINE).until(() -> ended(caller) > 0);
        return caller;
    }

    private ProgramProcess grpc() throws IOException {
        return node.launch("calls", Launchers.caller(), "grpc", "--calls", "1000000", "10.96.0.12:81");
    }

    private static long ended(ProgramProcess caller) {
        Matcher matcher = Pattern.compile("(\\d+) ended, ").matcher(caller.log());
        long ended = 0;
        while (matcher.find()) {
            ended = Long.parseLong(matcher.group(1));
        }
        return ended;
    }

    private long count(String text) {
        return node.agent().log().lines().filter(line -> line.contains(text)).count();
    }
}
