package io.signalbox.agent.proxy.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.model.FrontendProtocol;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.TestDataplane;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Opaque connections through a running dataplane, with plain sockets at both ends. */
@Timeout(60)
class TcpProxyTest {
    private static final String SERVICE_ADDRESS = "127.9.0.2";

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Dataplane dataplane = TestDataplane.start(TestDataplane.config());
    private final int port = TestDataplane.freePort();

    @FunctionalInterface
    private interface Conversation {
        void with(Socket socket) throws IOException;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
        dataplane.close();
    }

    /** A server that has the same conversation with everyone who connects. */
    private int server(Conversation conversation) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, Snapshots.address("127.0.0.1"));
        open.add(server);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> {
                        try (socket) {
                            conversation.with(socket);
                        } catch (IOException e) {
                            // the test's end closes sockets under running conversations
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
        return server.getLocalPort();
    }

    private void serve(FrontendProtocol protocol, int... endpointPorts) {
        dataplane.apply(
                Snapshots.update(Snapshots.tcp(port, SERVICE_ADDRESS, protocol, Snapshots.local(endpointPorts))));
    }

    private Socket dial() throws IOException {
        Socket socket = new Socket(Snapshots.address(SERVICE_ADDRESS), port);
        socket.setSoTimeout(20_000);
        open.add(socket);
        return socket;
    }

    private static void echo(Socket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
    }

    @Test
    void letsTheServerSpeakFirst() throws IOException {
        serve(FrontendProtocol.TCP, server(socket -> {
            socket.getOutputStream().write("220 ready\r\n".getBytes(StandardCharsets.US_ASCII));
            echo(socket);
        }));
        Socket socket = dial();
        assertThat(socket.getInputStream().readNBytes(11)).asString().isEqualTo("220 ready\r\n");
    }

    @Test
    void sendsBytesThatAreNotHttpOnADetectedPortToTheRoute() throws IOException {
        serve(FrontendProtocol.DETECT, server(TcpProxyTest::echo));
        Socket socket = dial();
        socket.getOutputStream().write("*1\r\n$4\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readNBytes(14)).asString().isEqualTo("*1\r\n$4\r\nPING\r\n");
    }

    @Test
    void passesHalfCloseOnBothWays() throws IOException {
        serve(FrontendProtocol.TCP, server(socket -> {
            byte[] request = socket.getInputStream().readAllBytes();
            socket.getOutputStream().write(("got " + request.length).getBytes(StandardCharsets.US_ASCII));
        }));
        Socket socket = dial();
        socket.getOutputStream().write(new byte[1000]);
        socket.shutdownOutput();
        assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("got 1000");
    }

    @Test
    void sendsALargeAnswerToACallerWhoHasEndedHisSide() throws IOException {
        serve(FrontendProtocol.TCP, server(socket -> {
            socket.getInputStream().readAllBytes();
            byte[] block = new byte[64 * 1024];
            for (int i = 0; i < 800; i++) {
                socket.getOutputStream().write(block);
            }
        }));
        for (int i = 0; i < 5; i++) {
            Socket socket = dial();
            socket.getOutputStream().write(1);
            socket.shutdownOutput();
            assertThat(count(socket.getInputStream())).isEqualTo(800L * 64 * 1024);
        }
    }

    private static long count(InputStream in) throws IOException {
        byte[] block = new byte[64 * 1024];
        long total = 0;
        int count;
        while ((count = in.read(block)) >= 0) {
            total += count;
        }
        return total;
    }

    @Test
    void serverMayEndItsSideFirst() throws Exception {
        CompletableFuture<Integer> received = new CompletableFuture<>();
        serve(FrontendProtocol.TCP, server(socket -> {
            socket.getOutputStream().write("bye".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            received.complete(socket.getInputStream().readAllBytes().length);
        }));
        Socket socket = dial();
        assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("bye");
        socket.getOutputStream().write(new byte[500]);
        socket.shutdownOutput();
        assertThat(received.get(20, TimeUnit.SECONDS)).isEqualTo(500);
        await().until(() -> dataplane.stats().get(0).connectionsActive.get() == 0);
    }

    @Test
    void movesLargeAmountsBothWaysAtOnce() throws Exception {
        serve(FrontendProtocol.TCP, server(TcpProxyTest::echo));
        Socket socket = dial();
        byte[] block = new byte[64 * 1024];
        int blocks = 500;
        Thread writer = Thread.ofVirtual().start(() -> {
            try {
                OutputStream out = socket.getOutputStream();
                for (int i = 0; i < blocks; i++) {
                    out.write(block);
                }
                socket.shutdownOutput();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        long total = 0;
        InputStream in = socket.getInputStream();
        int count;
        while ((count = in.read(block)) >= 0) {
            total += count;
        }
        writer.join();
        assertThat(total).isEqualTo(blocks * 64L * 1024);
    }

    @Test
    void slowReaderHoldsBackTheSender() throws Exception {
        AtomicLong written = new AtomicLong();
        serve(FrontendProtocol.TCP, server(socket -> {
            byte[] block = new byte[16 * 1024];
            for (int i = 0; i < 4000; i++) {
                socket.getOutputStream().write(block);
                written.addAndGet(block.length);
            }
        }));
        Socket socket = dial();
        InputStream in = socket.getInputStream();
        in.readNBytes(1000);
        // Kernel buffers take some megabytes; that the writer stops is the point.
        await().during(Duration.ofMillis(300)).until(written::get, bytes -> bytes < 40_000_000);
        byte[] block = new byte[64 * 1024];
        long total = 1000;
        int count;
        while ((count = in.read(block)) >= 0) {
            total += count;
        }
        assertThat(total).isEqualTo(4000L * 16 * 1024);
    }

    @Test
    void triesAnotherEndpointWhereNoConnectionCanBeOpened() throws IOException {
        serve(FrontendProtocol.TCP, TestDataplane.freePort(), server(TcpProxyTest::echo));
        for (int i = 0; i < 6; i++) {
            Socket socket = dial();
            socket.getOutputStream().write(i);
            assertThat(socket.getInputStream().read()).isEqualTo(i);
        }
    }

    @Test
    void closesWithoutEndpoint() throws IOException {
        serve(FrontendProtocol.TCP);
        assertThat(dial().getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void runningConnectionsSurviveThatTheirEndpointLeaves() throws IOException {
        int first = server(TcpProxyTest::echo);
        serve(FrontendProtocol.TCP, first);
        Socket socket = dial();
        socket.getOutputStream().write(1);
        assertThat(socket.getInputStream().read()).isEqualTo(1);
        serve(FrontendProtocol.TCP, server(s -> s.getOutputStream().write(9)));
        assertThat(dial().getInputStream().read()).isEqualTo(9);
        socket.getOutputStream().write(2);
        assertThat(socket.getInputStream().read()).isEqualTo(2);
    }
}
