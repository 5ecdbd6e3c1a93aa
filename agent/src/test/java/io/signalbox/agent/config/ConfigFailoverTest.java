package io.signalbox.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.signalbox.config.v1.PortSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client among several replicas on real sockets, and over TLS. */
class ConfigFailoverTest {
    private static final int SLOW = 60_000;
    private static final PortSnapshot V1 = Protos.snapshot(80, Protos.backend("b", 1), Protos.virtualHost("h", "b"));
    private static final PortSnapshot V2 = Protos.snapshot(80, Protos.backend("b", 2), Protos.virtualHost("h", "b"));

    private final FakeConfigService first = new FakeConfigService("replica-0");
    private final FakeConfigService second = new FakeConfigService("replica-1");
    private final ConfigStats stats = new ConfigStats();
    private final AtomicLong skippedNanos = new AtomicLong();
    private @Nullable LastKnownGood copy;
    private @Nullable ConfigClient client;

    @TempDir
    private Path directory;

    @AfterEach
    void stop() throws Exception {
        if (client != null) {
            client.close();
        }
        if (copy != null) {
            copy.close();
        }
        first.kill();
        second.kill();
    }

    private ConfigClient start(StreamSecurity security, ConfigServiceAddress... addresses) {
        LastKnownGood onDisk = new LastKnownGood(directory, stats, System::nanoTime);
        ConfigClient starting = new ConfigClient(
                new ConfigServiceTarget(List.of(addresses), security),
                new AgentIdentity("n1", "z1", "test"),
                0,
                update -> {},
                (query, whatIf) -> {
                    throw new IllegalArgumentException("nobody asks");
                },
                onDisk,
                stats,
                new Random(1),
                () -> System.nanoTime() + skippedNanos.get(),
                InstantSource.system());
        copy = onDisk;
        client = starting;
        starting.start();
        return starting;
    }

    private ConfigClient startPlain(ConfigServiceAddress... addresses) {
        return start(new StreamSecurity.PlainText(), addresses);
    }

    /** The stream that the agent opened, at whichever it chose. */
    private FakeConfigService.Stream opened() throws InterruptedException {
        await().until(() -> !first.isIdle() || !second.isIdle());
        return first.isIdle() ? second.nextStream() : first.nextStream();
    }

    private FakeConfigService of(FakeConfigService.Stream stream) {
        return stream.service().equals("replica-0") ? first : second;
    }

    private FakeConfigService otherThan(FakeConfigService.Stream stream) {
        return stream.service().equals("replica-0") ? second : first;
    }

    private void skip(long millis) {
        skippedNanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void goesToTheOtherReplicaWithWhatItHoldsAndTakesADeltaFromIt() throws Exception {
        first.start();
        second.start();
        ConfigClient running = startPlain(first.address(), second.address());
        FakeConfigService.Stream stream = opened();
        stream.next();
        stream.welcome(SLOW, SLOW);
        stream.push(Protos.push("1", Protos.full(V1)));
        stream.next();
        assertThat(Objects.requireNonNull(stats.followed()).instance()).isEqualTo(stream.service());

        of(stream).kill();

        FakeConfigService.Stream next = otherThan(stream).nextStream();
        assertThat(next.next().getHello().getHeldPorts(0).getVersion()).isEqualTo(V1.getVersion());
        next.welcome(SLOW, SLOW);
        next.push(Protos.push("1", Protos.delta(V1, V2)));
        assertThat(next.next().hasAck()).isTrue();
        assertThat(Objects.requireNonNull(running.snapshot().ports().get(80)).version())
                .isEqualTo(Protos.version(V2));
        assertThat(Objects.requireNonNull(stats.followed()).instance()).isEqualTo(next.service());
    }

    @Test
    void triesEveryReplicaBeforeItWaits() throws Exception {
        second.start();
        ConfigServiceAddress nobody;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new ConfigServiceAddress("127.0.0.1", closed.getLocalPort());
        }
        startPlain(nobody, new ConfigServiceAddress("no-such-host.invalid", 1), nobody, second.address());

        assertThat(second.nextStream().next().hasHello()).isTrue();
        assertThat(stats.disconnects.sum()).isLessThanOrEqualTo(1);
    }

    @Test
    void leavesAReplicaThatTakesConnectionsAndSaysNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            second.start();
            startPlain(new ConfigServiceAddress("127.0.0.1", silent.getLocalPort()), second.address());
            FakeConfigService.Stream stream = second.nextStream();
            stream.next();
            stream.welcome(SLOW, SLOW);
            await().until(stats::isConnected);
        }
    }

    @Test
    void comesAgainAtOnceWhenAskedTo() throws Exception {
        first.start();
        startPlain(first.address());
        FakeConfigService.Stream stream = first.nextStream();
        stream.next();
        stream.welcome(SLOW, SLOW);
        await().until(stats::isConnected);
        skip(SLOW / 2);

        stream.responses().onCompleted();

        assertThat(first.nextStream().next().hasHello()).isTrue();
    }

    private static X509Bundle authority() throws Exception {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private void serveTls(X509Bundle authority, String address) throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .ecp256()
                .subject("CN=config")
                .addSanIpAddress(address)
                .buildIssuedBy(authority);
        first.start(GrpcSslContexts.configure(SslContextBuilder.forServer(
                        certificate.getKeyPair().getPrivate(), certificate.getCertificatePath()))
                .build());
    }

    private StreamSecurity.Tls trusting(X509Bundle authority, String token) throws IOException {
        return new StreamSecurity.Tls(
                Files.writeString(directory.resolve("ca.crt"), authority.getCertificatePEM()),
                Optional.of(Files.writeString(directory.resolve("token"), token + "\n")));
    }

    @Test
    void showsItsTokenOverTlsAndTheNewOneWhenItComesAgain() throws Exception {
        X509Bundle authority = authority();
        serveTls(authority, "127.0.0.1");
        start(trusting(authority, "first.token"), first.address());
        FakeConfigService.Stream stream = first.nextStream();
        assertThat(stream.authorization()).isEqualTo("Bearer first.token");
        stream.next();
        stream.welcome(SLOW, SLOW);
        await().until(stats::isConnected);

        Files.writeString(directory.resolve("token"), "second.token");
        skip(SLOW / 2);
        stream.responses().onCompleted();

        assertThat(first.nextStream().authorization()).isEqualTo("Bearer second.token");
    }

    @Test
    void trustsNobodyElseAndTakesANewCaWithoutARestart() throws Exception {
        X509Bundle authority = authority();
        serveTls(authority, "127.0.0.1");
        start(trusting(authority(), "t"), first.address());
        await().until(() -> stats.disconnects.sum() >= 2);
        assertThat(first.isIdle()).isTrue();

        Files.writeString(directory.resolve("ca.crt"), authority.getCertificatePEM());

        assertThat(first.nextStream().next().hasHello()).isTrue();
    }

    @Test
    void aCertificateOfAnotherNameIsRefused() throws Exception {
        X509Bundle authority = authority();
        serveTls(authority, "127.0.0.9");
        start(trusting(authority, "t"), first.address());

        await().until(() -> stats.disconnects.sum() >= 2);
        assertThat(first.isIdle()).isTrue();
    }
}
