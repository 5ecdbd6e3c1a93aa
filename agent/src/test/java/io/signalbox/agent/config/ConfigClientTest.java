package io.signalbox.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.agent.model.Snapshot;
import io.signalbox.config.v1.ExplainQuery;
import io.signalbox.config.v1.ExplainRequest;
import io.signalbox.config.v1.ExplainResponse;
import io.signalbox.config.v1.Explanation;
import io.signalbox.config.v1.HeldPort;
import io.signalbox.config.v1.Hello;
import io.signalbox.config.v1.PortSnapshot;
import io.signalbox.config.v1.RefusalKind;
import io.signalbox.config.v1.StreamConfigRequest;
import io.signalbox.config.v1.WhatIf;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against a config service on a real socket. */
class ConfigClientTest {
    private static final int SLOW = 60_000;
    private static final PortSnapshot V1 = Protos.snapshot(80, Protos.backend("b", 1), Protos.virtualHost("h", "b"));
    private static final PortSnapshot V2 = Protos.snapshot(80, Protos.backend("b", 2), Protos.virtualHost("h", "b"));

    private final BlockingQueue<SnapshotUpdate> updates = new LinkedBlockingQueue<>();
    private final FakeConfigService service = new FakeConfigService();
    private ConfigStats stats = new ConfigStats();
    private LastKnownGood copy;
    private ConfigClient client;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        service.start();
        startClient();
    }

    @AfterEach
    void stop() throws Exception {
        stopClient();
        service.kill();
    }

    private void startClient() {
        stats = new ConfigStats();
        copy = new LastKnownGood(directory, stats, System::nanoTime);
        client = new ConfigClient(
                service.target(),
                new AgentIdentity("n1", "z1", "test"),
                0,
                updates::add,
                ConfigClientTest::explain,
                copy,
                stats,
                new Random(1),
                System::nanoTime,
                InstantSource.system());
        client.start();
    }

    private void stopClient() {
        client.close();
        copy.close();
    }

    private SnapshotUpdate nextUpdate() throws InterruptedException {
        SnapshotUpdate update = updates.poll(10, TimeUnit.SECONDS);
        assertThat(update).as("an update of the snapshot").isNotNull();
        return update;
    }

    private static io.signalbox.agent.model.PortSnapshot port80(Snapshot snapshot) {
        return Objects.requireNonNull(snapshot.ports().get(80));
    }

    private long bytes(int port) {
        return Objects.requireNonNull(stats.pushBytes().get(port)).sum();
    }

    private FakeConfigService.Stream welcomedStream() throws InterruptedException {
        FakeConfigService.Stream stream = service.nextStream();
        assertThat(stream.next().hasHello()).isTrue();
        stream.welcome(SLOW, SLOW);
        return stream;
    }

    private static Explanation explain(ExplainQuery query, @Nullable WhatIfSnapshot whatIf) {
        if (query.getPort() == 0) {
            throw new IllegalArgumentException("port: 0 (expected: 1 to 65535)");
        }
        PortSnapshotText text = new PortSnapshotText(whatIf);
        return Explanation.newBuilder().setOutcome(text.toString()).build();
    }

    private record PortSnapshotText(@Nullable WhatIfSnapshot whatIf) {
        @Override
        public String toString() {
            return whatIf == null
                    ? "in force"
                    : "version "
                            + (whatIf.port() == null ? "none" : whatIf.port().version());
        }
    }

    @Test
    void answersQuestionsBesideEverythingElse() throws Exception {
        FakeConfigService.Stream stream = service.nextStream();
        stream.next();
        stream.welcome(SLOW, SLOW);
        stream.ask(ExplainRequest.newBuilder()
                .setId("1")
                .setQuery(ExplainQuery.newBuilder().setPort(80)));
        stream.ask(ExplainRequest.newBuilder().setId("2"));
        stream.ask(ExplainRequest.newBuilder()
                .setId("3")
                .setQuery(ExplainQuery.newBuilder().setPort(80))
                .setWhatIf(WhatIf.newBuilder().setPort(V1)));
        stream.ask(ExplainRequest.newBuilder()
                .setId("4")
                .setWhatIf(WhatIf.newBuilder().setPort(V1.toBuilder().setVersion("00"))));

        assertThat(stream.next().getExplain())
                .isEqualTo(ExplainResponse.newBuilder()
                        .setId("1")
                        .setExplanation(Explanation.newBuilder().setOutcome("in force"))
                        .build());
        assertThat(stream.next().getExplain().getError()).isEqualTo("port: 0 (expected: 1 to 65535)");
        assertThat(stream.next().getExplain().getExplanation().getOutcome()).isEqualTo("version " + V1.getVersion());
        assertThat(stream.next().getExplain().getError()).startsWith("what_if: version: 00");
    }

    @Test
    void saysWhoItIsThenAppliesAndAcks() throws Exception {
        FakeConfigService.Stream stream = service.nextStream();
        Hello hello = stream.next().getHello();
        assertThat(hello.getNode()).isEqualTo("n1");
        assertThat(hello.getZone()).isEqualTo("z1");
        assertThat(hello.getHeldPortsList()).isEmpty();
        stream.welcome(SLOW, SLOW);
        stream.push(Protos.push("1", Protos.full(V1)));

        assertThat(stream.next().getAck().getNonce()).isEqualTo("1");
        assertThat(nextUpdate().changedPorts()).containsExactly(80);
        assertThat(port80(client.snapshot()).version()).isEqualTo(Protos.version(V1));
        assertThat(stats.source()).isEqualTo(ConfigStats.Source.CONFIG_SERVICE);
        assertThat(stats.isConnected()).isTrue();
    }

    @Test
    void appliesAPushThatComesInPartsOnceItIsComplete() throws Exception {
        FakeConfigService.Stream stream = welcomedStream();
        stream.pushInParts(Protos.push("1", Protos.full(V1)), 7);

        assertThat(stream.next().getAck().getNonce()).isEqualTo("1");
        assertThat(port80(client.snapshot()).version()).isEqualTo(Protos.version(V1));
        stream.pushInParts(Protos.push("2", Protos.delta(V1, V2)), 1_000_000);
        assertThat(stream.next().getAck().getNonce()).isEqualTo("2");
    }

    @Test
    void countsTheBytesOfThePortThatChangedAlone() throws Exception {
        FakeConfigService.Stream stream = welcomedStream();
        PortSnapshot other = Protos.snapshot(81, Protos.backend("c", 1));
        stream.push(Protos.push("1", Protos.full(V1), Protos.full(other)));
        stream.next();
        long before = bytes(81);
        stream.push(Protos.push("2", Protos.delta(V1, V2)));
        stream.next();
        assertThat(bytes(81)).isEqualTo(before);
        assertThat(bytes(80))
                .isEqualTo((long) Protos.full(V1).getSerializedSize()
                        + Protos.delta(V1, V2).getSerializedSize());
    }

    @Test
    void nacksWhatCannotBeServedAndKeepsTheRest() throws Exception {
        FakeConfigService.Stream stream = welcomedStream();
        PortSnapshot bad = Protos.snapshot(81, Protos.virtualHost("x", "gone"));
        stream.push(Protos.push("1", Protos.full(bad), Protos.full(V1)));

        StreamConfigRequest answer = stream.next();
        assertThat(answer.getNack().getNonce()).isEqualTo("1");
        assertThat(answer.getNack().getRefusedPortsList()).singleElement().satisfies(refused -> {
            assertThat(refused.getPort()).isEqualTo(81);
            assertThat(refused.getKind()).isEqualTo(RefusalKind.REFUSAL_KIND_INVALID_CONTENT);
        });
        assertThat(nextUpdate().snapshot().ports()).containsOnlyKeys(80);
    }

    @Test
    void asksForTheWholeWhenADeltaDoesNotFit() throws Exception {
        FakeConfigService.Stream stream = welcomedStream();
        stream.push(Protos.push("1", Protos.delta(V1, V2)));
        assertThat(stream.next().getNack().getRefusedPorts(0).getKind())
                .isEqualTo(RefusalKind.REFUSAL_KIND_DELTA_MISMATCH);
        stream.push(Protos.push("2", Protos.full(V2)));
        assertThat(stream.next().hasAck()).isTrue();
        assertThat(port80(client.snapshot()).version()).isEqualTo(Protos.version(V2));
    }

    @Test
    void servesOnAndComesBackWithWhatItHoldsWhenTheServiceIsKilled() throws Exception {
        FakeConfigService.Stream stream = welcomedStream();
        stream.push(Protos.push("1", Protos.full(V1)));
        stream.next();
        service.kill();
        await().until(() -> !stats.isConnected());
        assertThat(client.snapshot().ports()).containsKey(80);

        service.start();
        assertThat(service.nextStream().next().getHello().getHeldPortsList())
                .containsExactly(HeldPort.newBuilder()
                        .setPort(80)
                        .setVersion(V1.getVersion())
                        .build());
    }

    @Test
    void startsFromItsCopyWithoutAService() throws Exception {
        FakeConfigService.Stream stream = welcomedStream();
        stream.push(Protos.push("1", Protos.full(V1)));
        stream.next();
        nextUpdate();
        stopClient();
        service.kill();

        startClient();
        assertThat(port80(nextUpdate().snapshot()).version()).isEqualTo(Protos.version(V1));
        await().until(() -> stats.source() == ConfigStats.Source.LAST_KNOWN_GOOD);
        service.start();
        assertThat(service.nextStream().next().getHello().getHeldPortsList()).hasSize(1);
    }

    @Test
    void leavesAServiceThatFallsSilent() throws Exception {
        FakeConfigService.Stream stream = service.nextStream();
        stream.next();
        stream.welcome(20, 200);
        stream.awaitHeartbeat();
        assertThat(service.nextStream().next().hasHello()).isTrue();
        assertThat(stats.disconnects.sum()).isEqualTo(1);
    }

    @Test
    void staysWithAServiceThatOnlySendsHeartbeats() throws Exception {
        FakeConfigService.Stream stream = service.nextStream();
        stream.next();
        stream.welcome(40, 2_000);
        for (int i = 0; i < 5; i++) {
            stream.awaitHeartbeat();
            stream.heartbeat();
        }
        assertThat(stats.disconnects.sum()).isZero();
        assertThat(stats.lastHeardEpochMillis()).isPositive();
    }
}
