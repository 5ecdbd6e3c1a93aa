package io.signalbox.agent.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.signalbox.agent.config.SnapshotUpdate;
import io.signalbox.agent.model.FrontendProtocol;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.Snapshot;
import io.signalbox.agent.stats.LoopStats;
import io.signalbox.agent.testkit.GrpcPeer;
import io.signalbox.agent.testkit.RawHttp2Client;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.TestDataplane;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the dataplane does beside forwarding: limits, idle connections, listeners, forgetting. */
@Timeout(60)
class DataplaneTest {
    private static final String ADDRESS = "127.9.0.4";

    private final List<AutoCloseable> open = new ArrayList<>();
    private final int port = TestDataplane.freePort();

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

    private Dataplane dataplane(int maxConnections, Duration idleTimeout) {
        DataplaneConfig defaults = TestDataplane.config();
        return closing(TestDataplane.start(new DataplaneConfig(
                "n1",
                "",
                defaults.captureMode(),
                0,
                1,
                maxConnections,
                defaults.maxConcurrentStreams(),
                defaults.maxHeaderBytes(),
                defaults.connectTimeout(),
                Duration.ZERO,
                idleTimeout,
                0,
                false,
                null,
                List.of())));
    }

    private Socket dial() throws IOException {
        Socket socket = closing(new Socket(Snapshots.address(ADDRESS), port));
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** Takes connections and says nothing. */
    private int silentServer() throws IOException {
        return closing(new ServerSocket(0, 50, Snapshots.address("127.0.0.1"))).getLocalPort();
    }

    private static LoopStats stats(Dataplane dataplane) {
        return dataplane.stats().get(0);
    }

    @Test
    void closesConnectionsBeyondTheLimitAndTakesNewOnesWhenOthersHaveEnded() throws IOException {
        Dataplane dataplane = dataplane(2, Duration.ofMinutes(1));
        dataplane.apply(
                Snapshots.update(Snapshots.tcp(port, ADDRESS, FrontendProtocol.TCP, Snapshots.local(silentServer()))));
        Socket first = dial();
        dial();
        await().until(() -> stats(dataplane).connectionsActive.get() == 2);
        assertThat(dial().getInputStream().read()).isEqualTo(-1);
        assertThat(stats(dataplane).connectionsRefused.get()).isEqualTo(1);
        first.setSoLinger(true, 0); // a reset: a mere FIN would leave the other direction open
        first.close();
        await().until(() -> stats(dataplane).connectionsActive.get() == 1);
        dial();
        await().until(() -> stats(dataplane).connectionsActive.get() == 2);
    }

    @Test
    void closesIdleConnectionsOfEveryProtocol() throws IOException {
        Dataplane dataplane = dataplane(10, Duration.ofMillis(200));
        GrpcPeer peer = closing(new GrpcPeer("p", 0, 100));
        dataplane.apply(Snapshots.update(
                Snapshots.http(port, ADDRESS, "idle.test", LoadBalancer.ROUND_ROBIN, Snapshots.local(peer.port()))));
        Socket undecided = dial();
        RawHttp2Client http2 = closing(RawHttp2Client.ready(ADDRESS, port));
        Socket http1 = dial();
        http1.getOutputStream().write("GET / HTTP/1.1\r\nHost: nobody\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(undecided.getInputStream().read()).isEqualTo(-1);
        http2.await(7); // GOAWAY
        http1.getInputStream().readAllBytes();
        await().until(() -> stats(dataplane).connectionsActive.get() == 0);
    }

    @Test
    void doesNotCloseAConnectionWithARunningRequest() {
        Dataplane dataplane = dataplane(10, Duration.ofMillis(100));
        GrpcPeer peer = closing(new GrpcPeer("p", 0, 100));
        dataplane.apply(Snapshots.update(
                Snapshots.http(port, ADDRESS, "busy.test", LoadBalancer.ROUND_ROBIN, Snapshots.local(peer.port()))));
        ManagedChannel channel = GrpcPeer.channel(ADDRESS, port, "busy.test");
        open.add(channel::shutdownNow);
        var call = channel.newCall(GrpcPeer.BIDI, GrpcPeer.options());
        ClientCalls.asyncBidiStreamingCall(call, new StreamObserver<byte[]>() {
                    @Override
                    public void onNext(byte[] message) {}

                    @Override
                    public void onError(Throwable failure) {}

                    @Override
                    public void onCompleted() {}
                })
                .onNext(new byte[1]);
        await().until(() -> stats(dataplane).connectionsActive.get() == 1);
        await().during(Duration.ofMillis(600))
                .until(() -> stats(dataplane).connectionsActive.get() == 1);
        call.cancel("enough", null);
    }

    @Test
    void forgetsAnEndpointThatLeftAndIsNotInUse() {
        Dataplane dataplane = dataplane(10, Duration.ofMinutes(1));
        GrpcPeer a = closing(new GrpcPeer("a", 0, 100));
        GrpcPeer b = closing(new GrpcPeer("b", 0, 100));
        ManagedChannel channel = GrpcPeer.channel(ADDRESS, port, "moves.test");
        open.add(channel::shutdownNow);
        for (GrpcPeer peer : List.of(a, b, a)) {
            dataplane.apply(Snapshots.update(Snapshots.http(
                    port, ADDRESS, "moves.test", LoadBalancer.ROUND_ROBIN, Snapshots.local(peer.port()))));
            ClientCalls.blockingUnaryCall(channel, GrpcPeer.UNARY, GrpcPeer.options(), new byte[1]);
            await().untilAsserted(() -> assertThat(stats(dataplane).endpoints().keySet())
                    .containsExactlyElementsOf(Snapshots.local(peer.port())));
        }
    }

    @Test
    void reportsAnAddressThatIsTakenAndBindsItWhenItIsFree() throws IOException {
        Dataplane dataplane = dataplane(10, Duration.ofMinutes(1));
        int server = silentServer();
        try (ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress(Snapshots.address(ADDRESS), port));
            dataplane.apply(
                    Snapshots.update(Snapshots.tcp(port, ADDRESS, FrontendProtocol.TCP, Snapshots.local(server))));
            assertThat(dataplane.bindProblems()).singleElement().asString().startsWith(ADDRESS + ":" + port + ": ");
        }
        await().until(() -> dataplane.bindProblems().isEmpty());
        dial();
        await().until(() -> stats(dataplane).connectionsActive.get() == 1);
    }

    @Test
    void stopsListeningWhereNothingIsConfiguredAnyMore() throws IOException {
        Dataplane dataplane = dataplane(10, Duration.ofMinutes(1));
        int otherPort = TestDataplane.freePort();
        var gone = Snapshots.tcp(otherPort, ADDRESS, FrontendProtocol.TCP, Snapshots.local(silentServer()));
        var stays = Snapshots.tcp(port, ADDRESS, FrontendProtocol.TCP, Snapshots.local(silentServer()));
        dataplane.apply(Snapshots.update(gone, stays));
        Socket running = closing(new Socket(Snapshots.address(ADDRESS), otherPort));
        await().until(() -> stats(dataplane).connectionsActive.get() == 1);
        dataplane.apply(new SnapshotUpdate(
                new Snapshot(Map.of(port, stays), NodeWorkloads.EMPTY), Set.of(), Set.of(otherPort), false));
        assertThatThrownBy(() -> new Socket(Snapshots.address(ADDRESS), otherPort))
                .isInstanceOf(IOException.class);
        dial();
        await().until(() -> stats(dataplane).connectionsActive.get() == 2);
        assertThat(running.isConnected()).isTrue();
        assertThat(dataplane.connections()).hasSize(2).allSatisfy(connection -> {
            assertThat(connection.protocol()).isEqualTo("tcp");
            assertThat(connection.destination()).startsWith(ADDRESS);
        });
    }
}
