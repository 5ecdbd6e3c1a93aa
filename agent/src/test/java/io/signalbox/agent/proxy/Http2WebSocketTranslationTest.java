package io.signalbox.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import io.signalbox.agent.testkit.HttpKind;
import io.signalbox.agent.testkit.RawHttp2Backend;
import io.signalbox.agent.testkit.RawHttp2Client;
import io.signalbox.agent.testkit.RawHttp2Client.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** WebSockets of callers of HTTP/2 at backends of either protocol (RFC 8441). */
@Timeout(60)
class Http2WebSocketTranslationTest extends WebSocketEnds {
    private final BlockingQueue<Integer> credit = new LinkedBlockingQueue<>();

    private static String accept(String key) throws Exception {
        byte[] text = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
        return Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    }

    private RawHttp2Client http2Caller(RulesFixture fixture, Endpoint backend) throws IOException {
        serve(fixture, backend);
        return RawHttp2Client.ready(RulesFixture.ADDRESS, fixture.port());
    }

    private static void connect(RawHttp2Client caller, int stream, boolean end, String... more) throws IOException {
        List<String> fields = new ArrayList<>(List.of(
                ":method",
                "CONNECT",
                ":protocol",
                "websocket",
                ":scheme",
                "http",
                ":path",
                "/chat?room=1",
                ":authority",
                "web",
                "sec-websocket-version",
                "13"));
        fields.addAll(Arrays.asList(more));
        headers(caller, stream, end, fields.toArray(String[]::new));
    }

    private RawBackend http1Echo() {
        return RawBackend.running((connection, number) -> {
            RawMessage head = connection.readHead();
            seen.add(head.startLine());
            seen.add(head.fields());
            connection.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"
                    + "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Accept: "
                    + accept(head.header("sec-websocket-key")) + "\r\n\r\nhello ");
            for (int next = connection.read(); next >= 0; next = connection.read()) {
                connection.send(new byte[] {(byte) next});
            }
            seen.add("end");
            connection.endOutput();
        });
    }

    // ---- callers of HTTP/2 at backends of HTTP/2 ------------------------------------------------------------------

    @Test
    void offersWebSocketsToCallersOfHttp2() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2);
                RawHttp2Backend backend = echo();
                RawHttp2Client caller = http2Caller(fixture, backend.endpoint())) {
            byte[] settings = caller.await(SETTINGS).payload();
            List<String> pairs = new ArrayList<>();
            for (int i = 0; i < settings.length; i += 6) {
                pairs.add(settings[i + 1] + "=" + settings[i + 5]);
            }
            assertThat(pairs).contains("8=1");
        }
    }

    @Test
    void relaysAWebSocketByHttp2() throws Exception {
        route.timeoutMillis = TIMEOUT_MILLIS;
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2);
                RawHttp2Backend backend = echo();
                RawHttp2Client caller = http2Caller(fixture, backend.endpoint())) {
            connect(caller, 1, false, "sec-websocket-protocol", "chat");
            assertThat(next(caller)).isEqualTo("200");
            assertThat(seen())
                    .isEqualTo(":method=CONNECT :protocol=websocket :scheme=http :path=/chat?room=1 :authority=web "
                            + "sec-websocket-version=13 sec-websocket-protocol=chat ");
            assertThat(next(caller)).isEqualTo("hello ");
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3 * TIMEOUT_MILLIS);
            do {
                data(caller, 1, false, "ping");
                assertThat(next(caller)).isEqualTo("ping");
            } while (System.nanoTime() < end);
            data(caller, 1, true, "last");
            assertThat(next(caller)).isEqualTo("last,end");
            assertThat(fixture.web().timeouts.get()).isZero();
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @Test
    void stillTimesTheAnswer() throws Exception {
        route.timeoutMillis = TIMEOUT_MILLIS;
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running(
                        (connection, number) -> {
                            connection.await(HEADERS);
                            seen.add("reset " + connection.await(RST_STREAM).number(0));
                        },
                        OFFERED);
                RawHttp2Client caller = http2Caller(fixture, backend.endpoint())) {
            connect(caller, 1, false);
            assertThat(next(caller)).isEqualTo("504");
            assertThat(next(caller)).isEqualTo("upstream request timeout,end");
            assertThat(next(caller)).isEqualTo("reset 0");
            assertThat(seen()).isEqualTo("reset 8");
        }
    }

    @Test
    void refusesCallersOfHttp2WhatTheBackendDoesNotOffer() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running((connection, number) -> connection.await(HEADERS));
                RawHttp2Client caller = http2Caller(fixture, backend.endpoint())) {
            connect(caller, 1, false);
            assertThat(next(caller)).isEqualTo("502");
            assertThat(next(caller)).isEqualTo("the backend speaks HTTP/2 and takes no WebSocket there,end");
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @Test
    void endsBothStreamsOfARefusedWebSocket() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running(
                        (connection, number) -> {
                            connection.headers(connection.await(HEADERS));
                            headers(connection, 1, true, ":status", "403");
                            seen.add(next(connection));
                        },
                        OFFERED);
                RawHttp2Client caller = http2Caller(fixture, backend.endpoint())) {
            connect(caller, 1, false);
            assertThat(next(caller)).isEqualTo("403,end");
            assertThat(next(caller)).isEqualTo("reset 0");
            assertThat(seen()).isEqualTo("reset 8");
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @Test
    void passesResetsOnByHttp2() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2);
                RawHttp2Backend backend = echo();
                RawHttp2Client caller = http2Caller(fixture, backend.endpoint())) {
            connect(caller, 1, false);
            assertThat(next(caller)).isEqualTo("200");
            seen();
            caller.frame(RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
            assertThat(seen()).isEqualTo("reset 8");
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2", "HTTP2_TO_HTTP1"})
    void takesNoTrailersOnATunnel(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind);
                RawHttp2Backend http2 = echo();
                RawBackend http1 = http1Echo();
                RawHttp2Client caller =
                        http2Caller(fixture, kind == HttpKind.HTTP2 ? http2.endpoint() : http1.endpoint())) {
            connect(caller, 1, false);
            assertThat(next(caller)).isEqualTo("200");
            assertThat(next(caller)).isEqualTo("hello ");
            headers(caller, 1, true, "x-sum", "5");
            assertThat(next(caller)).isEqualTo("reset " + Http2Error.PROTOCOL_ERROR.code());
        }
    }

    // ---- callers of HTTP/2 at backends of HTTP/1.1 ----------------------------------------------------------------

    @Test
    void asksABackendOfHttp1ForAnUpgrade() throws Exception {
        route.timeoutMillis = TIMEOUT_MILLIS;
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = http1Echo();
                RawHttp2Client caller = http2Caller(fixture, backend.endpoint())) {
            List<String> keys = new ArrayList<>();
            for (int stream = 1; stream < 5; stream += 2) {
                connect(caller, stream, false, "sec-websocket-key", "theirs", "cookie", "a=1", "cookie", "b=2");
                data(caller, stream, false, "early");
                Http2Headers answer = caller.headers(caller.await(HEADERS));
                assertThat(answer.status()).asString().isEqualTo("200");
                assertThat(answer.get("sec-websocket-protocol")).asString().isEqualTo("chat");
                for (String gone : List.of("sec-websocket-accept", "connection", "upgrade", "content-length")) {
                    assertThat(answer.contains(gone)).as(gone).isFalse();
                }
                assertThat(seen()).isEqualTo("GET /chat?room=1 HTTP/1.1");
                List<String> fields =
                        seen().lines().filter(line -> !line.startsWith("x-")).toList();
                assertThat(fields)
                        .hasSize(6)
                        .startsWith("host: web", "sec-websocket-version: 13", "cookie: a=1; b=2")
                        .contains("connection: upgrade", "upgrade: websocket");
                keys.add(fields.get(5));
                StringBuilder got = new StringBuilder();
                while (got.length() < 11) {
                    got.append(next(caller));
                }
                assertThat(got).hasToString("hello early");
                long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * TIMEOUT_MILLIS);
                do {
                    data(caller, stream, false, ".");
                    assertThat(next(caller)).isEqualTo(".");
                } while (System.nanoTime() < end);
                data(caller, stream, true, "!");
                assertThat(next(caller)).isEqualTo("!");
                assertThat(seen()).isEqualTo("end");
                assertThat(next(caller)).isEqualTo("end");
            }
            assertThat(keys).doesNotHaveDuplicates().allMatch(key -> key.matches("sec-websocket-key: .{22}=="));
            assertThat(fixture.web().timeouts.get()).isZero();
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @Test
    void endsEachDirectionAtABackendOfHttp1ByItself() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    RawMessage head = connection.readHead();
                    connection.send("HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Accept: " + accept(head.header("sec-websocket-key")) + "\r\n\r\nall");
                    connection.endOutput();
                    seen.add(connection.readToEnd());
                });
                RawHttp2Client caller = http2Caller(fixture, backend.endpoint())) {
            connect(caller, 1, false);
            StringBuilder got = new StringBuilder();
            while (got.indexOf("end") < 0) {
                got.append(next(caller));
            }
            assertThat(got).hasToString("200allend");
            data(caller, 1, false, "mo");
            data(caller, 1, true, "re");
            assertThat(seen()).isEqualTo("more");
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // what the backend answers | what the caller gets
                "HTTP/1.1 403 No~Content-Length: 2~~no | 403 no",
                "HTTP/1.1 426 Upgrade~Transfer-Encoding: chunked~~0~~ | 426 ",
                "HTTP/1.1 302 Found~Location: /x~Content-Length: 0~~ | 302 ",
                "HTTP/1.1 200 OK~Content-Length: 2~~ok | 502 the backend does not switch to a WebSocket",
                "HTTP/1.1 101 Go~Connection: upgrade~Upgrade: websocket~~ | 502 -",
                "HTTP/1.1 101 Go~Connection: upgrade~Upgrade: websocket~Sec-WebSocket-Accept: wrong~~ | 502 -",
                "HTTP/1.1 101 Go~Connection: upgrade~Upgrade: other~Sec-WebSocket-Accept: KEY~~ | 502 -",
                "HTTP/1.1 101 Go~Upgrade: websocket~Sec-WebSocket-Accept: KEY~~ | 502 -",
            })
    void switchesOnlyWhereTheBackendDoes(String sent, String expected) throws Exception {
        route.retry = null;
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    while (true) {
                        String key = connection.readHead().header("sec-websocket-key");
                        connection.send(sent.replace("~", "\r\n").replace("KEY", accept(key)));
                    }
                });
                RawHttp2Client caller = http2Caller(fixture, backend.endpoint())) {
            connect(caller, 1, false);
            StringBuilder got = new StringBuilder(next(caller)).append(' ');
            while (got.indexOf("end", got.length() - 4) < 0) {
                got.append(next(caller)).append(' ');
            }
            String reason = "upstream connect error or disconnect/reset before headers. reset reason: protocol error";
            assertThat(got.toString().replaceAll(",?end $", "").strip())
                    .isEqualTo(expected.replace("-", reason).strip());
            assertThat(next(caller)).isEqualTo("reset 0");
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @Test
    void resetsTheStreamWhenABackendOfHttp1IsGone() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    RawMessage head = connection.readHead();
                    connection.send("HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Accept: " + accept(head.header("sec-websocket-key")) + "\r\n\r\n");
                    connection.read();
                    connection.reset();
                });
                RawHttp2Client caller = http2Caller(fixture, backend.endpoint())) {
            connect(caller, 1, false);
            assertThat(next(caller)).isEqualTo("200");
            data(caller, 1, false, "x");
            assertThat(next(caller)).isEqualTo("reset " + Http2Error.CANCEL.code());
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @Test
    void closesTheConnectionToHttp1WhenTheCallerResets() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = http1Echo();
                RawHttp2Client caller = http2Caller(fixture, backend.endpoint())) {
            connect(caller, 1, false);
            assertThat(next(caller)).isEqualTo("200");
            seen();
            seen();
            caller.frame(RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
            assertThat(seen()).isEqualTo("end");
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @Test
    void relaysMoreThanAnyWindowBothWays() throws Exception {
        int bytes = 2 << 20;
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    RawMessage head = connection.readHead();
                    connection.send("HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Accept: " + accept(head.header("sec-websocket-key")) + "\r\n\r\n");
                    connection.send(connection.readBytes(bytes));
                    connection.endOutput();
                });
                RawHttp2Client caller = http2Caller(fixture, backend.endpoint())) {
            connect(caller, 1, false);
            Thread sender = Thread.ofVirtual().start(() -> send(caller, bytes));
            ByteArrayOutputStream got = new ByteArrayOutputStream();
            for (Frame frame = caller.read(); frame != null; frame = caller.read()) {
                if (frame.type() == WINDOW_UPDATE) {
                    credit.add(frame.streamId() == 1 ? (int) frame.number(0) : 0);
                } else if (frame.type() == DATA) {
                    got.writeBytes(frame.payload());
                    int length = frame.payload().length;
                    byte[] update = {0, (byte) (length >> 16), (byte) (length >> 8), (byte) length};
                    if (length > 0) {
                        synchronized (caller) {
                            caller.frame(WINDOW_UPDATE, 0, 0, update);
                            caller.frame(WINDOW_UPDATE, 0, 1, update);
                        }
                    }
                    if ((frame.flags() & END_STREAM) != 0) {
                        break;
                    }
                }
            }
            sender.join();
            assertThat(got.size()).isEqualTo(bytes);
        }
    }

    private void send(RawHttp2Client caller, int bytes) {
        byte[] part = new byte[16 * 1024];
        int window = 256 * 1024; // what the agent gives a stream
        try {
            for (int sent = 0; sent < bytes; sent += part.length) {
                while (window < part.length) {
                    window += credit.take();
                }
                window -= part.length;
                synchronized (caller) {
                    caller.frame(DATA, 0, 1, part);
                }
            }
        } catch (IOException | InterruptedException e) {
            seen.add(e.toString());
        }
    }
}
