package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.loadtest.backend.Payloads;
import io.signalbox.loadtest.backend.TcpBackend;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.harness.Tally;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Opaque connections: byte for byte, whoever speaks first, and each side may end its half on its own. */
class TcpIT {
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int LARGE_BYTES = 50_000_000;

    private static Mesh mesh;
    private static MeshService<TcpBackend> echo;
    private static MeshService<TcpBackend> banner;
    private static MeshService<TcpBackend> summary;
    private static MeshService<TcpBackend> farewell;
    private static MeshService<TcpBackend> source;
    private static MeshService<TcpBackend> undeclared;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(TcpIT.class);
        echo = mesh.add(ServiceSpec.of("echo", PortProtocol.TCP), TcpBackend.starter(TcpBackend.Mode.ECHO), 3);
        banner = mesh.add(ServiceSpec.of("banner", PortProtocol.TCP), TcpBackend.starter(TcpBackend.Mode.BANNER), 3);
        summary = mesh.add(ServiceSpec.of("summary", PortProtocol.TCP), TcpBackend.starter(TcpBackend.Mode.SUMMARY), 1);
        farewell =
                mesh.add(ServiceSpec.of("farewell", PortProtocol.TCP), TcpBackend.starter(TcpBackend.Mode.FAREWELL), 1);
        source = mesh.add(ServiceSpec.of("source", PortProtocol.TCP), TcpBackend.starter(TcpBackend.Mode.SOURCE), 1);
        undeclared = mesh.add(
                ServiceSpec.of("undeclared", PortProtocol.UNDECLARED), TcpBackend.starter(TcpBackend.Mode.ECHO), 1);
        mesh.start();
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void echoesOverOneConnection() throws IOException {
        try (Socket socket = connect(echo)) {
            BufferedReader in = reader(socket);
            for (int i = 0; i < 100; i++) {
                write(socket, "line " + i + "\n");
                assertThat(in.readLine()).isEqualTo("line " + i);
            }
        }
    }

    @Test
    void letsTheServerSpeakFirstAndSpreadsConnections() throws IOException {
        Tally tally = new Tally();
        for (int i = 0; i < 30; i++) {
            try (Socket socket = connect(banner)) {
                // Nothing has been sent: a router that waits for the client's first bytes would hang here.
                tally.answered(reader(socket).readLine());
            }
        }
        assertThat(tally.counts()).containsOnlyKeys(banner.backendNames());
    }

    @Test
    void deliversWhatComesAfterTheClientHasEndedItsHalf() throws IOException {
        try (Socket socket = connect(summary)) {
            write(socket, "hello");
            socket.shutdownOutput();

            assertThat(reader(socket).readLine())
                    .isEqualTo("5 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 summary-1");
        }
    }

    @Test
    void deliversWhatComesAfterTheServerHasEndedItsHalf() throws IOException {
        TcpBackend backend = farewell.backends().getFirst();
        try (Socket socket = connect(farewell)) {
            BufferedReader in = reader(socket);
            assertThat(in.readLine()).isEqualTo("farewell-1");
            assertThat(in.read()).as("the server's end").isEqualTo(-1);

            Payloads.stream(1_000_000).transferTo(socket.getOutputStream());
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(backend.received()).contains(Payloads.Received.expected(1_000_000)));
    }

    @Test
    void deliversALargeAnswerToAClientThatHasEndedItsHalf() throws IOException {
        for (int i = 0; i < 5; i++) {
            try (Socket socket = connect(source)) {
                socket.shutdownOutput();

                assertThat(Payloads.drain(socket.getInputStream()))
                        .isEqualTo(Payloads.Received.expected(TcpBackend.SOURCE_BYTES));
            }
        }
    }

    @Test
    void carriesLargeTransfersBothWays() throws Exception {
        try (Socket socket = connect(echo)) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    Payloads.stream(LARGE_BYTES).transferTo(socket.getOutputStream());
                    socket.shutdownOutput();
                } catch (IOException e) {
                    // The receiving side shows it: too few bytes arrive.
                }
            });

            assertThat(Payloads.drain(socket.getInputStream())).isEqualTo(Payloads.Received.expected(LARGE_BYTES));
            sender.join();
        }
    }

    @Test
    void carriesBytesThatAreNoHttpOnAPortThatDeclaresNothing() throws IOException {
        for (String bytes : new String[] {"\u0016\u0003\u0001", "GETTING\n", "P", "PRI * HTTP/3\r\n"}) {
            try (Socket socket = connect(undeclared)) {
                write(socket, bytes);
                socket.shutdownOutput();
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo(bytes);
            }
        }
    }

    @Test
    void endsTheConnectionWhenThereIsNoEndpoint() throws IOException {
        MeshService<TcpBackend> empty =
                mesh.add(ServiceSpec.of("empty", PortProtocol.TCP), TcpBackend.starter(TcpBackend.Mode.ECHO), 0);
        mesh.awaitServing();
        try (Socket socket = connect(empty)) {
            assertThat(Streams.isEnded(socket)).isTrue();
        }
    }

    private static Socket connect(MeshService<?> service) throws IOException {
        Socket socket =
                new Socket(service.address().getAddress(), service.address().getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }
}
