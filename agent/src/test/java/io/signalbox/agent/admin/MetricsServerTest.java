package io.signalbox.agent.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With real sockets, and where this machine has one, at an address that is not loopback's. */
class MetricsServerTest {
    private final FakeAgent agent = new FakeAgent();
    private final MetricsServer server = new MetricsServer(agent);
    private final InetAddress address = addressOfThisMachine();

    @BeforeEach
    void start() throws Exception {
        server.start(new InetSocketAddress(address, 0));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource({
        "GET, /metrics, 200, up 1",
        "GET, /live, 200, live",
        "GET, /ready, 200, ready",
        "GET, /, 404, '/live, /metrics, /ready'",
        "GET, /snapshot, 404, '/live, /metrics, /ready'",
        "GET, /connections, 404, '/live, /metrics, /ready'",
        "GET, /endpoints, 404, '/live, /metrics, /ready'",
        "GET, /pods, 404, '/live, /metrics, /ready'",
        "POST, /explain, 404, '/live, /metrics, /ready'",
        "POST, /drain, 404, '/live, /metrics, /ready'",
        "POST, /metrics, 405, takes GET"
    })
    void showsMetricsAndProbesAlone(String method, String path, int status, String part) throws Exception {
        assertThat(ask(method, path)).startsWith("HTTP/1.1 " + status).contains(part);
        assertThat(agent.drained.getCount()).isEqualTo(1);
    }

    @Test
    void saysWhyTheAgentIsNotReady() throws Exception {
        agent.reasons = List.of("no snapshot");
        assertThat(ask("GET", "/ready")).startsWith("HTTP/1.1 503").contains("no snapshot");
    }

    @Test
    void startingAgainKeepsThePort() throws Exception {
        int port = server.port();
        server.start(new InetSocketAddress(address, 0));
        assertThat(server.port()).isEqualTo(port);
    }

    @Test
    void aPortThatIsTakenIsAnError() {
        InetSocketAddress taken = new InetSocketAddress(address, server.port());
        try (MetricsServer other = new MetricsServer(agent)) {
            assertThatThrownBy(() -> other.start(taken)).isInstanceOf(IOException.class);
        }
    }

    private String ask(String method, String path) throws IOException {
        try (Socket socket = new Socket(address, server.port())) {
            String host = address.getHostAddress() + ":" + server.port();
            String request = method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static InetAddress addressOfThisMachine() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(each -> !each.isLoopbackAddress() && !each.isLinkLocalAddress())
                    .filter(each -> each.getAddress().length == 4)
                    .findFirst()
                    .orElseGet(InetAddress::getLoopbackAddress);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
