package io.signalbox.agent.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.config.SnapshotUpdate;
import io.signalbox.agent.model.FrontendProtocol;
import io.signalbox.agent.proxy.RequestTracing;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.TestDataplane;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two dataplanes in explicit capture, and the way of the listening sockets from one to the other. */
@Timeout(60)
class HandoverTest {
    private static final String ADDRESS = "127.9.0.7";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final int port = TestDataplane.freePort();
    private Path path;
    private SnapshotUpdate update;
    private Dataplane before;
    private HandoverServer server;

    @BeforeEach
    void start() throws IOException {
        path = directory.resolve("handover.sock");
        ServerSocket silent = closing(new ServerSocket(0, 50, Snapshots.address("127.0.0.1")));
        update = Snapshots.update(
                Snapshots.tcp(port, ADDRESS, FrontendProtocol.TCP, Snapshots.local(silent.getLocalPort())));
        before = closing(TestDataplane.start(TestDataplane.config()));
        before.apply(update);
        server = closing(HandoverServer.start(
                before.upkeepLoop(), path, before::listeningSockets, () -> before.stopAccepting()));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
    }

    private <C extends AutoCloseable> C closing(C closeable) {
        open.add(closeable);
        return closeable;
    }

    private Dataplane successor() {
        return closing(new Dataplane(TestDataplane.config(), RequestTracing.OFF));
    }

    private Succession begin(Dataplane successor) throws IOException {
        return closing(Objects.requireNonNull(Succession.begin(successor.upkeepLoop(), path), "nobody listens"));
    }

    private void dial() throws IOException {
        closing(new Socket(Snapshots.address(ADDRESS), port));
    }

    private static long accepted(Dataplane dataplane) {
        return dataplane.stats().getFirst().connectionsAccepted.get();
    }

    @Test
    void theSuccessorAcceptsOnTheSameSocketsOnceItIsReady() throws IOException {
        Dataplane after = successor();
        Succession succession = begin(after);
        after.inherit(succession.sockets());
        after.start();
        after.apply(update);
        assertThat(after.bindProblems()).isEmpty();
        dial();
        await().until(() -> accepted(before) == 1);

        after.accept();
        succession.accepting(PATIENCE);
        dial();
        await().until(() -> accepted(after) == 1);
        assertThat(accepted(before)).isEqualTo(1);
        assertThat(before.connections()).hasSize(1);
        assertThat(before.listeningSockets()).isEmpty();
        assertThat(after.listeningSockets())
                .extracting(ListeningSocket::address)
                .containsExactly(new InetSocketAddress(Snapshots.address(ADDRESS), port));
    }

    @Test
    void aConnectionThatWaitsInTheQueueMeanwhileIsServed() throws IOException {
        Dataplane after = successor();
        Succession succession = begin(after);
        after.inherit(succession.sockets());
        after.start();
        after.apply(update);
        before.stopAccepting();
        dial();
        after.accept();
        await().until(() -> accepted(after) == 1);
        assertThat(accepted(before)).isZero();
    }

    @Test
    void aSuccessorThatGoesAwayChangesNothing() throws IOException {
        begin(successor()).close();
        await().until(() -> !server.hasSuccessor());
        dial();
        await().until(() -> accepted(before) == 1);
        assertThat(begin(successor()).sockets().take("", new InetSocketAddress(Snapshots.address(ADDRESS), port)))
                .hasSize(1);
    }

    @Test
    void oneSuccessorAtATime() throws IOException {
        begin(successor());
        assertThatThrownBy(() -> begin(successor()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another process is taking over");
    }

    @Test
    void whereNobodyListensNobodyIsSucceeded() throws IOException {
        server.close();
        assertThat(Succession.begin(successor().upkeepLoop(), path)).isNull();
        // What a process that was killed leaves behind.
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        assertThat(Succession.begin(successor().upkeepLoop(), path)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"signalbox-handover 2", "", "GET / HTTP/1.1"})
    void otherProtocolsAreRefusedWithTheReason(String line) throws IOException {
        try (SocketChannel other = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            other.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            ByteBuffer answer = ByteBuffer.allocate(256);
            while (other.read(answer) >= 0) {
                assertThat(answer.hasRemaining()).isTrue();
            }
            assertThat(new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8))
                    .isEqualTo("refused '" + line + "' (expected: signalbox-handover 1)\n");
        }
        assertThat(server.hasSuccessor()).isFalse();
    }
}
