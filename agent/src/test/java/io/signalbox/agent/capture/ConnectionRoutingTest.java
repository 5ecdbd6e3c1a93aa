package io.signalbox.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.config.SnapshotUpdate;
import io.signalbox.agent.model.CallerScope;
import io.signalbox.agent.model.FrontendProtocol;
import io.signalbox.agent.model.HeaderOperations;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.L4Route;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.OutboundPolicy;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Snapshot;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.model.WeightedBackend;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.Tables;
import io.signalbox.agent.testkit.TestDataplane;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where connections go by their first bytes and by who makes them, on real sockets. */
class ConnectionRoutingTest {
    private static final String ADDRESS = "127.9.0.6";
    private static final String NO_FRONTEND = "127.9.0.7";

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Dataplane dataplane = TestDataplane.start(TestDataplane.config());
    private final int port = TestDataplane.freePort();
    private final Tables tables = new Tables();
    private NodeWorkloads workloads = NodeWorkloads.EMPTY;

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
        dataplane.close();
    }

    /** A backend whose server says its name, then echoes. */
    private String backend(String name) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, Snapshots.address("127.0.0.1"));
        open.add(server);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> {
                        try (socket) {
                            socket.getOutputStream().write((name + "\n").getBytes(StandardCharsets.US_ASCII));
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        } catch (IOException e) {
                            // the test's end closes sockets under running conversations
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
        tables.with(
                Snapshots.backend(name, name, port, LoadBalancer.ROUND_ROBIN, Snapshots.local(server.getLocalPort())));
        return name;
    }

    private void putInForce() {
        PortSnapshot written = tables.snapshot("v");
        Map<String, VirtualHost> hosts = new HashMap<>(written.virtualHosts());
        // Explicit capture listens on addresses of services; this one is no frontend.
        hosts.put(
                "listener",
                new VirtualHost(
                        "listener", "listener", List.of(), List.of(), List.of(Snapshots.address(NO_FRONTEND)), null));
        PortSnapshot snapshot = new PortSnapshot(
                port, new Version("v"), written.addressFrontends(), written.sniFrontends(), hosts, written.backends());
        dataplane.apply(
                new SnapshotUpdate(new Snapshot(Map.of(port, snapshot), workloads), Set.of(port), Set.of(), true));
    }

    private void registryOnly() {
        CallerScope all = new CallerScope("ns/all", "", Map.of(), false, OutboundPolicy.REGISTRY_ONLY);
        workloads = new NodeWorkloads(Version.NONE, List.of(), List.of(all), OutboundPolicy.ALLOW_ANY, "");
    }

    private Socket dial(String address) throws IOException {
        Socket socket = new Socket(Snapshots.address(address), port);
        socket.setSoTimeout(20_000);
        open.add(socket);
        return socket;
    }

    private static String line(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = socket.getInputStream().read()) >= 0 && c != '\n') {
            line.append((char) c);
        }
        return c < 0 ? "closed" : line.toString();
    }

    private static byte[] clientHello(String serverName) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.beginHandshake();
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    private String tls(String address, String serverName) throws Exception {
        Socket socket = dial(address);
        socket.getOutputStream().write(clientHello(serverName));
        return line(socket);
    }

    @Test
    void theSniChoosesAmongTheRoutesOfAnAddress() throws Exception {
        tables.address(
                ADDRESS + "/32",
                FrontendProtocol.TLS,
                null,
                tables.l4(backend("exact"), "a.example", null, Map.of()),
                tables.l4(backend("wild"), "*.example", null, Map.of()));
        registryOnly();
        putInForce();
        assertThat(tls(ADDRESS, "A.example")).isEqualTo("exact");
        assertThat(tls(ADDRESS, "b.example")).isEqualTo("wild");
        assertThat(tls(ADDRESS, "elsewhere.org")).isEqualTo("closed");
    }

    @Test
    void theSniFindsAServiceWithoutAddress() throws Exception {
        tables.sni("s", List.of(HostPattern.of("pay.example")), tables.l4(backend("pay")));
        registryOnly();
        putInForce();
        assertThat(tls(NO_FRONTEND, "pay.example")).isEqualTo("pay");
        assertThat(tls(NO_FRONTEND, "other.example")).isEqualTo("closed");
        Socket opaque = dial(NO_FRONTEND);
        opaque.getOutputStream().write("not TLS".getBytes(StandardCharsets.US_ASCII));
        assertThat(line(opaque)).isEqualTo("closed");
    }

    @Test
    void aHelloThatComesInPiecesGoesOnWhole() throws Exception {
        tables.sni("s", List.of(HostPattern.of("pay.example")), tables.l4(backend("pay")));
        putInForce();
        byte[] hello = clientHello("pay.example");
        Socket socket = dial(NO_FRONTEND);
        socket.setTcpNoDelay(true);
        for (int at = 0; at < hello.length; at += 7) {
            socket.getOutputStream().write(hello, at, Math.min(7, hello.length - at));
            socket.getOutputStream().flush();
        }
        assertThat(line(socket)).isEqualTo("pay");
        assertThat(socket.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
    }

    @Test
    void aTlsAddressWithoutSniRulesLetsTheServerSpeakFirst() throws Exception {
        tables.address(ADDRESS + "/32", FrontendProtocol.TLS, null, tables.l4(backend("plain")));
        putInForce();
        assertThat(line(dial(ADDRESS))).isEqualTo("plain");
    }

    @Test
    void aConnectionWhoseDestinationIsNotKnownIsClosed() throws Exception {
        WeightedBackend unknown =
                new WeightedBackend(null, 1, List.of(), "gone", null, HeaderOperations.NONE, HeaderOperations.NONE);
        tables.address(
                ADDRESS + "/32",
                FrontendProtocol.TCP,
                null,
                new L4Route(null, "s", "", null, Map.of(), List.of(unknown)));
        putInForce();
        assertThat(line(dial(ADDRESS))).isEqualTo("closed");
        assertThat(dataplane.stats().get(0).connectionsUnknownDestination.get()).isEqualTo(1);
    }

    @Test
    void aCallerWhoMayReachKnownServicesOnlyGetsNothingElse() throws Exception {
        tables.address(ADDRESS + "/32", FrontendProtocol.TCP, null, tables.l4(backend("known")));
        registryOnly();
        putInForce();
        assertThat(line(dial(ADDRESS))).isEqualTo("known");
        assertThat(line(dial(NO_FRONTEND))).isEqualTo("closed");
        assertThat(dataplane.stats().get(0).connectionsUnmatchedClosed.get()).isEqualTo(1);
    }

    @Test
    void anUnknownHostIs502ForACallerWhoMayReachKnownServicesOnly() throws Exception {
        backend("web");
        tables.host("web", HostPattern.of("web"));
        registryOnly();
        putInForce();
        Socket socket = dial(NO_FRONTEND);
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: nobody\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(line(socket)).startsWith("HTTP/1.1 502");
    }

    @Test
    void everyAddressOfThePortTakesWhatNeitherHostNorSniDecides() throws Exception {
        backend("web");
        tables.host("web", HostPattern.of("web"))
                .address("0.0.0.0/0", FrontendProtocol.TCP, null, tables.l4(backend("any")));
        putInForce();
        Socket opaque = dial(NO_FRONTEND);
        opaque.getOutputStream().write("*1\r\n$4\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(line(opaque)).isEqualTo("any");
        assertThat(tls(NO_FRONTEND, "a.example")).isEqualTo("any");
    }
}
