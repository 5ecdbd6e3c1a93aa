package io.signalbox.agent.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.testkit.GrpcPeer;
import io.signalbox.agent.testkit.RawHttp2Client;
import io.signalbox.agent.testkit.RawHttp2Client.Frame;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.TestDataplane;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the relay says to peers that break RFC 9113, and to those that merely do unusual things. */
@Timeout(60)
class Http2ProtocolTest {
    private static final String SERVICE_ADDRESS = "127.9.0.3";
    private static final String HOST = "raw.test";
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int PRIORITY = 2;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PUSH_PROMISE = 5;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;

    private final Dataplane dataplane = TestDataplane.start(TestDataplane.config(60 * 1024, Duration.ZERO));
    private final GrpcPeer peer = new GrpcPeer("p", 0, Integer.MAX_VALUE);
    private final int port = TestDataplane.freePort();

    @BeforeEach
    void serve() {
        dataplane.apply(Snapshots.update(
                Snapshots.http(port, SERVICE_ADDRESS, HOST, LoadBalancer.ROUND_ROBIN, Snapshots.local(peer.port()))));
    }

    @AfterEach
    void closeAll() {
        dataplane.close();
        peer.close();
    }

    private RawHttp2Client client() throws IOException {
        return RawHttp2Client.ready(SERVICE_ADDRESS, port);
    }

    @FunctionalInterface
    interface Misdeed {
        void commit(RawHttp2Client client) throws IOException;
    }

    static Stream<Arguments> connectionErrors() {
        return Stream.of(
                error("DATA on an idle stream", Http2Error.PROTOCOL_ERROR, c -> c.frame(DATA, 0, 1, new byte[3])),
                error("DATA on stream 0", Http2Error.PROTOCOL_ERROR, c -> c.frame(DATA, 0, 0, new byte[3])),
                error(
                        "HEADERS on stream 0",
                        Http2Error.PROTOCOL_ERROR,
                        c -> c.frame(HEADERS, END_HEADERS, 0, c.request("GET", HOST, "/"))),
                error(
                        "HEADERS on an even stream",
                        Http2Error.PROTOCOL_ERROR,
                        c -> c.frame(HEADERS, END_HEADERS, 2, c.request("GET", HOST, "/"))),
                error("frame too large", Http2Error.FRAME_SIZE_ERROR, c -> c.frame(DATA, 0, 1, new byte[16_385])),
                error(
                        "RST_STREAM on an idle stream",
                        Http2Error.PROTOCOL_ERROR,
                        c -> c.frame(RST_STREAM, 0, 1, new byte[4])),
                error("short RST_STREAM", Http2Error.FRAME_SIZE_ERROR, c -> c.frame(RST_STREAM, 0, 1, new byte[3])),
                error(
                        "SETTINGS of a wrong size",
                        Http2Error.FRAME_SIZE_ERROR,
                        c -> c.frame(SETTINGS, 0, 0, new byte[5])),
                error("SETTINGS on a stream", Http2Error.PROTOCOL_ERROR, c -> c.frame(SETTINGS, 0, 1)),
                error(
                        "SETTINGS ack with payload",
                        Http2Error.FRAME_SIZE_ERROR,
                        c -> c.frame(SETTINGS, 1, 0, new byte[6])),
                error(
                        "SETTINGS_ENABLE_PUSH 2",
                        Http2Error.PROTOCOL_ERROR,
                        c -> c.frame(SETTINGS, 0, 0, new byte[] {0, 2, 0, 0, 0, 2})),
                error(
                        "SETTINGS_ENABLE_CONNECT_PROTOCOL 2",
                        Http2Error.PROTOCOL_ERROR,
                        c -> c.frame(SETTINGS, 0, 0, new byte[] {0, 8, 0, 0, 0, 2})),
                error(
                        "SETTINGS_INITIAL_WINDOW_SIZE 2^31",
                        Http2Error.FLOW_CONTROL_ERROR,
                        c -> c.frame(SETTINGS, 0, 0, new byte[] {0, 4, (byte) 0x80, 0, 0, 0})),
                error(
                        "SETTINGS_MAX_FRAME_SIZE 1",
                        Http2Error.PROTOCOL_ERROR,
                        c -> c.frame(SETTINGS, 0, 0, new byte[] {0, 5, 0, 0, 0, 1})),
                error("PUSH_PROMISE", Http2Error.PROTOCOL_ERROR, c -> c.frame(PUSH_PROMISE, 0, 1, new byte[8])),
                error("PING of 7 bytes", Http2Error.FRAME_SIZE_ERROR, c -> c.frame(PING, 0, 0, new byte[7])),
                error("PING on a stream", Http2Error.PROTOCOL_ERROR, c -> c.frame(PING, 0, 1, new byte[8])),
                error("WINDOW_UPDATE of 0", Http2Error.PROTOCOL_ERROR, c -> c.frame(WINDOW_UPDATE, 0, 0, new byte[4])),
                error(
                        "WINDOW_UPDATE on an idle stream",
                        Http2Error.PROTOCOL_ERROR,
                        c -> c.frame(WINDOW_UPDATE, 0, 7, new byte[] {0, 0, 0, 1})),
                error(
                        "WINDOW_UPDATE beyond 2^31-1",
                        Http2Error.FLOW_CONTROL_ERROR,
                        c -> c.frame(WINDOW_UPDATE, 0, 0, new byte[] {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff})),
                error(
                        "CONTINUATION without HEADERS",
                        Http2Error.PROTOCOL_ERROR,
                        c -> c.frame(CONTINUATION, END_HEADERS, 1)),
                error("another frame inside a header block", Http2Error.PROTOCOL_ERROR, c -> {
                    c.frame(HEADERS, 0, 1, c.request("GET", HOST, "/"));
                    c.frame(PING, 0, 0, new byte[8]);
                }),
                error("endless empty CONTINUATION", Http2Error.ENHANCE_YOUR_CALM, c -> {
                    c.frame(HEADERS, 0, 1, c.request("GET", HOST, "/"));
                    c.send(repeat(RawHttp2Client.encode(CONTINUATION, 0, 1), 100));
                }),
                error("endless large CONTINUATION", Http2Error.ENHANCE_YOUR_CALM, c -> {
                    c.frame(HEADERS, 0, 1, c.request("GET", HOST, "/"));
                    c.send(repeat(RawHttp2Client.encode(CONTINUATION, 0, 1, new byte[16_000]), 10));
                }),
                error(
                        "broken HPACK",
                        Http2Error.COMPRESSION_ERROR,
                        c -> c.frame(HEADERS, END_HEADERS, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0x7f)),
                error("padding longer than the frame", Http2Error.PROTOCOL_ERROR, c -> {
                    c.frame(HEADERS, END_HEADERS, 1, c.request("POST", HOST, "/"));
                    c.frame(DATA, PADDED, 1, (byte) 9, (byte) 0);
                }),
                error("DATA after END_STREAM", Http2Error.STREAM_CLOSED, c -> {
                    // In one write, so that no response can end the stream in between.
                    ByteArrayOutputStream frames = new ByteArrayOutputStream();
                    byte[] request = c.request("POST", HOST, "/test.Echo/Bidi");
                    frames.writeBytes(RawHttp2Client.encode(HEADERS, END_HEADERS, 1, request));
                    frames.writeBytes(RawHttp2Client.encode(DATA, END_STREAM, 1, new byte[1]));
                    frames.writeBytes(RawHttp2Client.encode(DATA, 0, 1, new byte[1]));
                    c.send(frames.toByteArray());
                }),
                error("rapid reset", Http2Error.ENHANCE_YOUR_CALM, c -> {
                    for (int id = 1; id < 3000; id += 2) {
                        // In one write, so that no response comes before the reset.
                        ByteArrayOutputStream frames = new ByteArrayOutputStream();
                        byte[] request = c.request("POST", HOST, "/test.Echo/Bidi");
                        frames.writeBytes(RawHttp2Client.encode(HEADERS, END_HEADERS, id, request));
                        frames.writeBytes(RawHttp2Client.encode(RST_STREAM, 0, id, new byte[] {0, 0, 0, 8}));
                        c.send(frames.toByteArray());
                    }
                }),
                error(
                        "ping flood",
                        Http2Error.ENHANCE_YOUR_CALM,
                        c -> c.send(repeat(RawHttp2Client.encode(PING, 0, 0, new byte[8]), 21_000))));
    }

    private static Arguments error(String name, Http2Error expected, Misdeed misdeed) {
        return Arguments.of(name, expected, misdeed);
    }

    private static byte[] repeat(byte[] bytes, int times) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("connectionErrors")
    void endsTheConnectionOfAPeerThatBreaksTheRules(String name, Http2Error expected, Misdeed misdeed)
            throws IOException {
        try (RawHttp2Client client = client()) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    misdeed.commit(client);
                } catch (IOException e) {
                    // the agent may close while the misdeed goes on
                }
            });
            Frame goAway = client.await(GOAWAY);
            assertThat(goAway.number(4)).isEqualTo(expected.code());
            assertThat(readToEnd(client)).isTrue();
            sender.interrupt();
        }
        assertThat(dataplane.stats().get(0).protocolErrors.get()).isEqualTo(1);
    }

    private static boolean readToEnd(RawHttp2Client client) throws IOException {
        try {
            Frame next;
            do {
                next = client.read();
            } while (next != null);
            return true;
        } catch (SocketException e) {
            return true; // reset, since it had sent more than we read
        }
    }

    @Test
    void asksForSettingsFirst() throws IOException {
        try (RawHttp2Client client = new RawHttp2Client(SERVICE_ADDRESS, port)) {
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.frame(PING, 0, 0, new byte[8]);
            assertThat(client.await(GOAWAY).number(4)).isEqualTo(Http2Error.PROTOCOL_ERROR.code());
        }
    }

    private static final String[] GOOD = {":method", "GET", ":scheme", "http", ":authority", HOST, ":path", "/"};

    static Stream<Arguments> badRequests() {
        return Stream.of(
                bad("no path", 400, ":method", "GET", ":scheme", "http", ":authority", HOST),
                bad("empty path", 400, ":method", "GET", ":scheme", "http", ":authority", HOST, ":path", ""),
                bad("NUL in the path", 400, ":method", "GET", ":scheme", "http", ":authority", HOST, ":path", "/\0"),
                bad("no authority", 400, ":method", "GET", ":scheme", "http", ":path", "/"),
                bad("CONNECT", 405, ":method", "CONNECT", ":authority", HOST),
                bad("CONNECT to a protocol without a path", 400, tunnel("websocket", ":scheme", "http")),
                bad("CONNECT to a protocol without a scheme", 400, tunnel("websocket", ":path", "/")),
                bad("CONNECT to two protocols", 400, tunnel("a", ":protocol", "b", ":scheme", "http", ":path", "/")),
                bad("CONNECT to another protocol", 501, tunnel("connect-udp", ":scheme", "http", ":path", "/")),
                bad(
                        "CONNECT to a protocol without authority",
                        400,
                        ":method",
                        "CONNECT",
                        ":protocol",
                        "websocket",
                        ":scheme",
                        "http",
                        ":path",
                        "/"),
                goodAnd("a protocol with another method", 400, ":protocol", "websocket"),
                goodAnd("two paths", 400, ":path", "/a"),
                goodAnd("a status", 400, ":status", "200"),
                goodAnd("unknown pseudo-header", 400, ":x", "y"),
                goodAnd("pseudo-header after a field", 400, "a", "b", ":protocol", "websocket"),
                goodAnd("upper-case name", 400, "Accept", "x"),
                goodAnd("space in a name", 400, "a b", "x"),
                goodAnd("line break in a value", 400, "a", "x\r\ny: z"),
                goodAnd("connection", 400, "connection", "close"),
                goodAnd("transfer-encoding", 400, "transfer-encoding", "chunked"),
                goodAnd("te: gzip", 400, "te", "gzip"),
                goodAnd("Host that differs", 400, "host", "other"),
                goodAnd("too large", 431, "a", "x".repeat(8000), "b", "x".repeat(8000)));
    }

    private static String[] tunnel(String protocol, String... more) {
        return Stream.concat(
                        Stream.of(":method", "CONNECT", ":authority", HOST, ":protocol", protocol), Arrays.stream(more))
                .toArray(String[]::new);
    }

    private static Arguments bad(String name, int status, String... fields) {
        return Arguments.of(name, status, fields);
    }

    private static Arguments goodAnd(String name, int status, String... more) {
        return bad(name, status, Stream.of(GOOD, more).flatMap(Arrays::stream).toArray(String[]::new));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badRequests")
    void answersABadRequestAndServesTheNext(String name, int status, String[] fields) throws Exception {
        Dataplane strict = TestDataplane.start(TestDataplane.config(12_000, Duration.ZERO));
        int strictPort = TestDataplane.freePort();
        strict.apply(Snapshots.update(Snapshots.http(
                strictPort, SERVICE_ADDRESS, HOST, LoadBalancer.ROUND_ROBIN, Snapshots.local(peer.port()))));
        try (strict;
                RawHttp2Client client = RawHttp2Client.ready(SERVICE_ADDRESS, strictPort)) {
            client.frame(HEADERS, END_HEADERS | END_STREAM, 1, client.block(fields));
            assertThat(client.headers(client.await(HEADERS)).status()).hasToString(Integer.toString(status));
            client.frame(HEADERS, END_HEADERS | END_STREAM, 3, client.request("GET", HOST, "/no.Such/Method"));
            Frame next = client.await(HEADERS);
            assertThat(next.streamId()).isEqualTo(3);
        }
        assertThat(strict.stats().get(0).badRequests.get()).isEqualTo(1);
    }

    @Test
    void takesPaddingPriorityContinuationAndUnknownFrames() throws Exception {
        try (RawHttp2Client client = client()) {
            client.frame(0xbe, 0, 0, new byte[10]);
            client.frame(PRIORITY, 0, 1, new byte[5]);
            byte[] block = client.block(
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":authority",
                    HOST,
                    ":path",
                    "/test.Echo/Unary",
                    "content-type",
                    "application/grpc",
                    "te",
                    "trailers");
            client.frame(HEADERS, 0, 1, Arrays.copyOf(block, 10));
            client.frame(CONTINUATION, 0, 1, Arrays.copyOfRange(block, 10, 11));
            client.frame(CONTINUATION, END_HEADERS, 1, Arrays.copyOfRange(block, 11, block.length));
            // five bytes of gRPC framing and "hi", in two padded frames
            client.frame(DATA, PADDED, 1, new byte[] {2, 0, 0, 0, 0, 0, 0});
            client.frame(DATA, PADDED | END_STREAM, 1, new byte[] {1, 2, 'h', 'i', 0});
            assertThat(client.headers(client.await(HEADERS)).status()).hasToString("200");
            Frame data = client.await(DATA);
            assertThat(new String(data.payload(), 5, data.payload().length - 5, StandardCharsets.UTF_8))
                    .isEqualTo("p hi");
            assertThat(client.headers(client.await(HEADERS)).get("grpc-status")).hasToString("0");
        }
    }

    @Test
    void respectsAStreamWindowThatShrinksAndGrows() throws Exception {
        try (RawHttp2Client client = client()) {
            client.frame(SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 10}); // SETTINGS_INITIAL_WINDOW_SIZE 10
            client.frame(
                    HEADERS,
                    END_HEADERS,
                    1,
                    client.block(
                            ":method",
                            "POST",
                            ":scheme",
                            "http",
                            ":authority",
                            HOST,
                            ":path",
                            "/test.Echo/Unary",
                            "content-type",
                            "application/grpc",
                            "te",
                            "trailers"));
            byte[] message = "0123456789".repeat(5).getBytes(StandardCharsets.US_ASCII);
            byte[] framed = new byte[5 + message.length];
            framed[4] = (byte) message.length;
            System.arraycopy(message, 0, framed, 5, message.length);
            client.frame(DATA, END_STREAM, 1, framed);
            assertThat(client.await(DATA).payload()).hasSize(10);
            client.frame(PING, 0, 0, new byte[8]);
            assertThat(client.read())
                    .satisfies(frame -> assertThat(typeOf(frame)).isIn(PING, SETTINGS, WINDOW_UPDATE));
            client.frame(WINDOW_UPDATE, 0, 1, new byte[] {0, 0, 0, 7});
            assertThat(client.await(DATA).payload()).hasSize(7);
            client.frame(SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 1, 0}); // 256: the rest fits
            int rest = 0;
            while (rest < 5 + 2 + message.length - 17) {
                rest += client.await(DATA).payload().length;
            }
            assertThat(rest).isEqualTo(5 + 2 + message.length - 17);
            assertThat(client.headers(client.await(HEADERS)).get("grpc-status")).hasToString("0");
        }
    }

    private static int typeOf(@Nullable Frame frame) {
        return frame == null ? -1 : frame.type();
    }

    @Test
    void refusesStreamsBeyondTheLimitAndServesTheOthers() throws Exception {
        try (RawHttp2Client client = client()) {
            for (int id = 1; id <= 2 * 1024 + 1; id += 2) {
                client.frame(
                        HEADERS,
                        END_HEADERS,
                        id,
                        client.block(
                                ":method",
                                "POST",
                                ":scheme",
                                "http",
                                ":authority",
                                HOST,
                                ":path",
                                "/test.Echo/Bidi",
                                "content-type",
                                "application/grpc",
                                "te",
                                "trailers"));
            }
            Frame reset = client.await(RST_STREAM);
            assertThat(reset.streamId()).isEqualTo(2 * 1024 + 1);
            assertThat(reset.number(0)).isEqualTo(Http2Error.REFUSED_STREAM.code());
        }
    }
}
