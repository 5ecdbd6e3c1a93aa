package io.signalbox.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Error;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import io.signalbox.agent.testkit.HttpKind;
import io.signalbox.agent.testkit.RawHttp2Backend;
import io.signalbox.agent.testkit.RawHttp2Client.Frame;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets of callers of HTTP/1.1 at backends of HTTP/2 (RFC 8441). */
@Timeout(60)
class Http1WebSocketTranslationTest extends WebSocketEnds {
    private static final int GOAWAY = 7;

    // the example of RFC 6455 section 1.3
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static final String UPGRADE = String.join(
            "\r\n",
            "GET /chat?room=1 HTTP/1.1",
            "Host: web",
            "Connection: keep-alive, Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: chat",
            "Content-Length: 0",
            "");
    private static final String UPGRADE_WITH_KEY = UPGRADE + "Sec-WebSocket-Key: " + KEY + "\r\n\r\n";

    private RawConnection http1Caller(RulesFixture fixture, Endpoint backend) throws IOException {
        serve(fixture, backend);
        return fixture.raw();
    }

    @Test
    void asksABackendOfHttp2ByExtendedConnect() throws Exception {
        route.timeoutMillis = TIMEOUT_MILLIS;
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = echo();
                RawConnection caller = http1Caller(fixture, backend.endpoint())) {
            caller.send(UPGRADE_WITH_KEY + "early");
            RawMessage answer = caller.readHead();
            assertThat(answer.startLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
            assertThat(answer.fields().lines().filter(line -> !line.startsWith("x-") && !line.startsWith("date")))
                    .containsExactly(
                            "sec-websocket-protocol: chat",
                            "connection: upgrade",
                            "upgrade: websocket",
                            "sec-websocket-accept: " + ACCEPT);
            assertThat(seen())
                    .isEqualTo(":method=CONNECT :protocol=websocket :scheme=http :authority=web :path=/chat?room=1 "
                            + "sec-websocket-version=13 sec-websocket-protocol=chat ");
            assertThat(caller.read(11)).isEqualTo("hello early");
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3 * TIMEOUT_MILLIS);
            do {
                assertThat(caller.send("ping").read(4)).isEqualTo("ping");
            } while (System.nanoTime() < end);
            caller.send("last").endOutput();
            assertThat(caller.readToEnd()).isEqualTo("last");
            assertThat(fixture.web().timeouts.get()).isZero();
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @Test
    void endsEachDirectionByItself() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running(
                        (connection, number) -> {
                            connection.await(HEADERS);
                            headers(connection, 1, false, ":status", "200");
                            data(connection, 1, true, "all");
                            StringBuilder all = new StringBuilder();
                            while (all.indexOf("end") < 0) {
                                all.append(next(connection));
                            }
                            seen.add(all.toString());
                            connection.read();
                        },
                        OFFERED);
                RawConnection caller = http1Caller(fixture, backend.endpoint())) {
            caller.send(UPGRADE_WITH_KEY);
            assertThat(caller.readHead().status()).isEqualTo(101);
            assertThat(caller.readToEnd()).isEqualTo("all");
            caller.send("more").endOutput();
            assertThat(seen().replace(",", "")).isEqualTo("moreend");
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @Test
    void sendsAllThatWaitsForASlowBackendThatHasEnded() throws Exception {
        int bytes = 200_000;
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running(
                        (connection, number) -> {
                            connection.await(HEADERS);
                            headers(connection, 1, true, ":status", "200");
                            int got = 0;
                            boolean ended = false;
                            while (!ended) {
                                Frame frame = connection.read();
                                if (frame == null || frame.type() == RST_STREAM) {
                                    break;
                                }
                                if (frame.type() == DATA) {
                                    got += frame.payload().length;
                                    ended = (frame.flags() & END_STREAM) != 0;
                                    byte[] credit = {0, 0, (byte) 0x80, 0};
                                    connection.frame(WINDOW_UPDATE, 0, 0, credit);
                                    connection.frame(WINDOW_UPDATE, 0, 1, credit);
                                }
                            }
                            seen.add(got + " " + ended);
                            connection.read();
                        },
                        8,
                        1,
                        4,
                        1000);
                RawConnection caller = http1Caller(fixture, backend.endpoint())) {
            caller.send(UPGRADE_WITH_KEY);
            assertThat(caller.readHead().status()).isEqualTo(101);
            caller.send(new byte[bytes]).endOutput();
            assertThat(seen()).isEqualTo(bytes + " true");
        }
    }

    @Test
    void refusesAWebSocketThatTheBackendDoesNotOffer() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running((connection, number) -> seen.add(next(connection)));
                RawConnection caller = http1Caller(fixture, backend.endpoint())) {
            for (int i = 0; i < 2; i++) {
                RawMessage answer = caller.send(UPGRADE_WITH_KEY).readMessage();
                assertThat(answer.status()).isEqualTo(502);
                assertThat(answer.body()).isEqualTo("the backend speaks HTTP/2 and takes no WebSocket there");
            }
            assertThat(seen).isEmpty();
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Sec-WebSocket-Key: a\r\nSec-WebSocket-Key: b\r\n"})
    void refusesARequestWithoutOneKey(String key) throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = echo();
                RawConnection caller = http1Caller(fixture, backend.endpoint())) {
            RawMessage answer = caller.send(UPGRADE + key + "\r\n").readMessage();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).isEqualTo("exactly one Sec-WebSocket-Key is needed");
        }
    }

    @Test
    void passesOtherAnswersOn() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running(
                        (connection, number) -> {
                            for (int stream = 1; ; stream += 2) {
                                connection.headers(connection.await(HEADERS));
                                headers(connection, stream, false, ":status", "403", "content-length", "2");
                                data(connection, stream, true, "no");
                                seen.add(next(connection));
                            }
                        },
                        OFFERED);
                RawConnection caller = http1Caller(fixture, backend.endpoint())) {
            for (int i = 0; i < 2; i++) {
                RawMessage answer = caller.send(UPGRADE_WITH_KEY).readMessage();
                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.body()).isEqualTo("no");
                assertThat(seen()).isEqualTo("reset 8");
            }
        }
    }

    @Test
    void cutsTheCallerOffWhenTheBackendResets() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running(
                        (connection, number) -> {
                            connection.await(HEADERS);
                            headers(connection, 1, false, ":status", "200");
                            data(connection, 1, false, "first");
                            connection.frame(RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
                            connection.read();
                        },
                        OFFERED);
                RawConnection caller = http1Caller(fixture, backend.endpoint())) {
            caller.send(UPGRADE_WITH_KEY);
            assertThat(caller.readHead().status()).isEqualTo(101);
            assertThat(caller.readToEnd()).isEqualTo("first");
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @Test
    void resetsTheStreamOfACallerWhoIsGone() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = echo();
                RawConnection caller = http1Caller(fixture, backend.endpoint())) {
            caller.send(UPGRADE_WITH_KEY).readHead();
            assertThat(caller.read(6)).isEqualTo("hello ");
            seen();
            caller.reset();
            assertThat(seen()).isEqualTo("reset " + Http2Error.CANCEL.code());
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @Test
    void holdsBackACallerWhoIsFasterThanTheBackend() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running(
                        (connection, number) -> {
                            connection.await(HEADERS);
                            headers(connection, 1, false, ":status", "200");
                            while (connection.read() != null) {
                                // no window is ever opened
                            }
                        },
                        OFFERED)) {
            RawConnection caller = http1Caller(fixture, backend.endpoint());
            caller.send(UPGRADE_WITH_KEY).readHead();
            Thread sender = Thread.ofVirtual().start(() -> {
                byte[] part = new byte[64 * 1024];
                try {
                    while (sent.get() < 64 << 20) {
                        caller.send(part);
                        sent.addAndGet(part.length);
                    }
                } catch (IOException e) {
                    // closed
                }
            });
            awaitStandstill(sent);
            assertThat(sent.get()).isLessThan(32 << 20);
            caller.close();
            sender.join();
        }
    }

    private static void awaitStandstill(AtomicLong sent) {
        long[] before = {-1};
        await().pollInterval(200, TimeUnit.MILLISECONDS).until(() -> {
            long now = sent.get();
            boolean stands = now > 0 && now == before[0];
            before[0] = now;
            return stands;
        });
    }

    @Test
    void endsTheConnectionOfABackendThatTakesItsOfferBack() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running(
                        (connection, number) -> {
                            connection.await(HEADERS);
                            connection.frame(SETTINGS, 0, 0, new byte[] {0, 8, 0, 0, 0, 0});
                            seen.add("error " + connection.await(GOAWAY).number(4));
                        },
                        OFFERED);
                RawConnection caller = http1Caller(fixture, backend.endpoint())) {
            route.retry = null;
            caller.send(UPGRADE_WITH_KEY);
            assertThat(seen()).isEqualTo("error " + Http2Error.PROTOCOL_ERROR.code());
        }
    }
}
