package io.signalbox.loadtest.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.signalbox.loadtest.harness.EchoClient;
import io.signalbox.loadtest.harness.GrpcTraffic;
import io.signalbox.loadtest.harness.HttpConnection;
import io.signalbox.loadtest.v1.Ending;
import io.signalbox.loadtest.v1.ServerStreamRequest;
import io.signalbox.loadtest.v1.UnaryRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The backends must be right before anything can be said of what stands in front of them. */
class BackendTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Test
    void httpSaysWhoAnsweredAndWhatArrived() throws IOException {
        try (HttpBackend backend = HttpBackend.start("a-1", ANY_PORT);
                HttpConnection connection = HttpConnection.open(backend.address())) {
            HttpConnection.Response response = connection.get("some.host", "/", Map.of("traceparent", "00-1-2-01"));

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.endpoint()).isEqualTo("a-1");
            assertThat(response.headers())
                    .containsEntry("x-seen-host", "some.host")
                    .containsEntry("x-seen-traceparent", "00-1-2-01");
            assertThat(connection.get("some.host", "/").body()).isEqualTo("a-1\n");
            assertThat(backend.requests()).isEqualTo(2);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"/source?bytes=200000", "/source?bytes=200000&chunked=true"})
    void httpSendsTheTestContent(String path) throws IOException {
        try (HttpBackend backend = HttpBackend.start("a-1", ANY_PORT);
                Socket socket = new Socket(
                        backend.address().getAddress(), backend.address().getPort())) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] all = socket.getInputStream().readAllBytes();

            assertThat(new String(all, StandardCharsets.ISO_8859_1))
                    .contains(path.contains("chunked") ? "ransfer-encoding: chunked" : "ontent-length: 200000");
            assertThat(all.length).isGreaterThan(200_000);
        }
    }

    @Test
    void httpSumsUpWhatItGets() throws IOException {
        try (HttpBackend backend = HttpBackend.start("a-1", ANY_PORT);
                HttpConnection connection = HttpConnection.open(backend.address())) {
            String body = "x".repeat(1000);
            connection.send("POST /sink HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + body);

            assertThat(connection.readResponse().body())
                    .isEqualTo(
                            Payloads.drain(new ByteArrayInputStream(body.getBytes(StandardCharsets.US_ASCII))) + "\n");
            assertThat(connection.get("a", "/status?code=418").status()).isEqualTo(418);
        }
    }

    @Test
    void grpcEndsCallsAsAsked() throws IOException {
        try (GrpcBackend backend = GrpcBackend.start("b-1", ANY_PORT);
                EchoClient client = EchoClient.of(backend.address(), "b")) {
            assertThat(client.call()).isEqualTo("b-1");
            Iterator<?> stream = client.blocking()
                    .serverStream(ServerStreamRequest.newBuilder()
                            .setMessages(5)
                            .setMessageBytes(100)
                            .build());
            assertThat(stream).toIterable().hasSize(5);
            assertThatThrownBy(() -> client.blocking()
                            .unary(UnaryRequest.newBuilder()
                                    .setEnding(Ending.newBuilder()
                                            .setStatusCode(9)
                                            .setStatusMessage("not now")
                                            .setDelayMillis(1))
                                    .build()))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessage("FAILED_PRECONDITION: not now");
        }
    }

    @Test
    void grpcDrainsWithoutFailingCalls() throws IOException, InterruptedException {
        try (GrpcBackend backend = GrpcBackend.start("b-1", ANY_PORT);
                EchoClient client = EchoClient.of(backend.address(), "b")) {
            GrpcTraffic traffic = GrpcTraffic.start(client, 4);
            traffic.tally().awaitMore(100);
            traffic.close();
            backend.drain();

            assertThat(traffic.tally().failures()).isEmpty();
            assertThat(traffic.tally().counts()).containsOnlyKeys("b-1");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"ECHO,hello", "BANNER,'c-1\nhello'", "FAREWELL,'c-1\n'"})
    void tcpSpeaksByItsMode(TcpBackend.Mode mode, String expected) throws IOException {
        try (TcpBackend backend = TcpBackend.starter(mode).start("c-1", ANY_PORT);
                Socket socket = new Socket(
                        backend.address().getAddress(), backend.address().getPort())) {
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(expected);
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    @Test
    void payloadsAreTheSameAsBytesAndAsStream() throws IOException {
        int size = 150_000;

        assertThat(Payloads.drain(Payloads.stream(size))).isEqualTo(Payloads.Received.expected(size));
        assertThat(Payloads.drain(new ByteArrayInputStream(Payloads.bytes(size))))
                .isEqualTo(Payloads.Received.expected(size));
    }
}
