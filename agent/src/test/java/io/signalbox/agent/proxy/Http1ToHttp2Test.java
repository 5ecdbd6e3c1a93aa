package io.signalbox.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Headers;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import io.signalbox.agent.testkit.HttpKind;
import io.signalbox.agent.testkit.HttpMessage;
import io.signalbox.agent.testkit.RawHttp2Backend;
import io.signalbox.agent.testkit.RawHttp2Client;
import io.signalbox.agent.testkit.RawHttp2Client.Frame;
import io.signalbox.agent.testkit.RouteSpec;
import io.signalbox.agent.testkit.ScriptedBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers of HTTP/1.1 at backends of HTTP/2. */
class Http1ToHttp2Test {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int GOAWAY = 7;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int CANCEL = 8;
    private static final byte[] NO_ERROR = {0, 0, 0, 0};

    private final RouteSpec route = new RouteSpec();

    private static String lines(String... lines) {
        return String.join("\r\n", lines);
    }

    private static void respond(RawHttp2Client to, int stream, boolean end, String... fields) throws IOException {
        to.frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, to.block(fields));
    }

    private static void data(RawHttp2Client to, int stream, boolean end, String text) throws IOException {
        to.frame(DATA, end ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private RawConnection serve(RulesFixture fixture, RawHttp2Backend... backends) throws IOException {
        List<io.signalbox.agent.model.Endpoint> endpoints = new ArrayList<>();
        for (RawHttp2Backend backend : backends) {
            endpoints.add(backend.endpoint());
        }
        fixture.serve(List.of(route.build()), List.of(RulesFixture.web(endpoints)));
        return fixture.raw();
    }

    @Test
    void tellsTheRequestInPseudoHeaderFields() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2)) {
            ScriptedBackend backend = fixture.answering("ok");
            fixture.serve(route, backend);
            try (RawConnection caller = fixture.raw()) {
                caller.send(lines(
                        "PUT http://Web:80/a/../b?q=1 HTTP/1.1",
                        "Host: Web:80",
                        "X-Own: A, b",
                        "TE: gzip, trailers",
                        "Connection: keep-alive, X-Hop",
                        "X-Hop: 1",
                        "Keep-Alive: 5",
                        "Proxy-Connection: x",
                        "Upgrade: h2c",
                        "Content-Length: 4",
                        "x-envoy-attempt-count: 9",
                        "",
                        "body"));
                assertThat(caller.readMessage().body()).isEqualTo("ok");
            }
            HttpMessage got = backend.request();
            assertThat(got.method()).isEqualTo("PUT");
            assertThat(got.authority()).isEqualTo("Web:80");
            assertThat(got.path()).isEqualTo("/b?q=1");
            assertThat(got.header("x-own")).isEqualTo("A, b");
            assertThat(got.header("te")).isEqualTo("trailers");
            assertThat(got.header("content-length")).isEqualTo("4");
            assertThat(got.header("x-envoy-attempt-count")).isEqualTo("1");
            assertThat(got.header("x-forwarded-proto")).isEqualTo("http");
            assertThat(got.has("x-request-id")).isTrue();
            assertThat(got.body()).isEqualTo("body");
            for (String gone : List.of("host", "connection", "x-hop", "keep-alive", "proxy-connection", "upgrade")) {
                assertThat(got.has(gone)).as(gone).isFalse();
            }
        }
    }

    @Test
    void relaysTrailersBothWays() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running((connection, number) -> {
                    Frame head = connection.await(HEADERS);
                    connection.headers(head);
                    StringBuilder body = new StringBuilder();
                    Frame next = connection.read();
                    while (next != null && next.type() != HEADERS) {
                        body.append(next.type() == DATA ? new String(next.payload(), StandardCharsets.US_ASCII) : "");
                        next = connection.read();
                    }
                    Http2Headers trailers = connection.headers(Objects.requireNonNull(next));
                    respond(connection, 1, false, ":status", "200");
                    data(connection, 1, false, body + " " + trailers.get("x-sum") + " " + trailers.get("host"));
                    respond(connection, 1, true, "grpc-status", "0", "content-length", "3");
                    connection.read();
                });
                RawConnection caller = serve(fixture, backend)) {
            caller.send(lines("POST / HTTP/1.1", "Host: web", "Transfer-Encoding: chunked", "", "3", "abc", "2", "de"));
            caller.send(lines("", "0", "X-Sum: 5", "Host: other", "", ""));
            RawMessage answer = caller.readMessage();
            assertThat(answer.header("transfer-encoding")).isEqualTo("chunked");
            assertThat(answer.body()).isEqualTo("abcde 5 null");
            assertThat(answer.trailers()).isEqualTo("grpc-status: 0\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // method | status | content-length | body | what frames the answer
                "GET | 200 | 5 | hello | content-length: 5",
                "GET | 200 | - | hello | transfer-encoding: chunked",
                "GET | 200 | - | -     | content-length: 0",
                "GET | 200 | 0 | -     | content-length: 0",
                "HEAD | 200 | 5 | -    | content-length: 5",
                "HEAD | 200 | - | -    | -",
                "GET | 204 | - | -     | -",
                "GET | 304 | 7 | -     | content-length: 7",
            })
    void framesTheAnswer(String method, String status, String length, String body, String framing) throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running((connection, number) -> {
                    for (int stream = 1; ; stream += 2) {
                        connection.await(HEADERS);
                        if (length == null) {
                            respond(connection, stream, body == null, ":status", status);
                        } else {
                            respond(connection, stream, body == null, ":status", status, "content-length", length);
                        }
                        if (body != null) {
                            data(connection, stream, true, body);
                        }
                    }
                });
                RawConnection caller = serve(fixture, backend)) {
            for (int i = 0; i < 2; i++) {
                caller.send(method + " / HTTP/1.1\r\nHost: web\r\n\r\n");
                RawMessage answer = body == null ? caller.readHead() : caller.readMessage();
                assertThat(answer.startLine()).startsWith("HTTP/1.1 " + status);
                assertThat(answer.body()).isEqualTo(body == null ? "" : body);
                assertThat(answer.fields().lines())
                        .filteredOn(line -> line.startsWith("content-length") || line.startsWith("transfer-encoding"))
                        .isEqualTo(framing == null ? List.of() : List.of(framing));
                assertThat(answer.header("x-envoy-upstream-service-time")).isNotEmpty();
                assertThat(answer.header("date")).isNotEmpty();
            }
        }
    }

    @Test
    void relaysInterimResponses() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running((connection, number) -> {
                    Http2Headers head = connection.headers(connection.await(HEADERS));
                    assertThat(head.get("expect")).asString().isEqualTo("100-continue");
                    respond(connection, 1, false, ":status", "100");
                    respond(connection, 1, false, ":status", "103", "link", "</a>");
                    Frame body = connection.await(DATA);
                    respond(connection, 1, false, ":status", "200");
                    data(connection, 1, true, new String(body.payload(), StandardCharsets.US_ASCII));
                    connection.read();
                });
                RawConnection caller = serve(fixture, backend)) {
            caller.send("PUT / HTTP/1.1\r\nHost: web\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            RawMessage first = caller.readHead();
            assertThat(first.startLine()).isEqualTo("HTTP/1.1 100 Continue");
            assertThat(first.fields()).isEmpty();
            RawMessage hints = caller.readHead();
            assertThat(hints.startLine()).isEqualTo("HTTP/1.1 103 Early Hints");
            assertThat(hints.fields()).isEqualTo("link: </a>\r\n");
            caller.send("hi");
            assertThat(caller.readMessage().body()).isEqualTo("hi");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":status=200 content-length=5x",
                ":status=200 content-length=1 content-length=1",
                ":status=200 connection=close",
                ":status=200 transfer-encoding=chunked",
                ":status=200 :path=/",
                ":status=20",
                ":status=101",
                "x=y",
            })
    void refusesHeadsThatAreNone(String fields) throws Exception {
        route.retry = null;
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running((connection, number) -> {
                    connection.await(HEADERS);
                    respond(connection, 1, false, fields.split("[= ]", -1));
                    connection.await(RST_STREAM);
                    connection.read();
                });
                RawConnection caller = serve(fixture, backend)) {
            caller.send("GET / HTTP/1.1\r\nHost: web\r\n\r\n");
            assertThat(caller.readMessage().status()).isEqualTo(502);
        }
    }

    @ParameterizedTest
    @CsvSource({"5, abc", "3, abcde", "1, ab"})
    void cutsOffABodyThatIsNotAsLongAsItSays(String length, String body) throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running((connection, number) -> {
                    connection.await(HEADERS);
                    respond(connection, 1, false, ":status", "200", "content-length", length);
                    data(connection, 1, true, body);
                    connection.read();
                });
                RawConnection caller = serve(fixture, backend)) {
            caller.send("GET / HTTP/1.1\r\nHost: web\r\n\r\nGET /next HTTP/1.1\r\nHost: web\r\n\r\n");
            String answer = caller.readToEnd();
            assertThat(answer).startsWith("HTTP/1.1 200 OK").contains("content-length: " + length);
            assertThat(answer.split("HTTP/1.1 ", -1)).hasSize(2);
            assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).hasSizeLessThanOrEqualTo(body.length());
        }
    }

    @Test
    void resetsTheStreamOfACallerWhoLeaves() throws Exception {
        BlockingQueue<Frame> resets = new LinkedBlockingQueue<>();
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running((connection, number) -> {
                    connection.await(HEADERS);
                    respond(connection, 1, false, ":status", "200");
                    data(connection, 1, false, "first");
                    resets.add(connection.await(RST_STREAM));
                    connection.read();
                })) {
            RawConnection caller = serve(fixture, backend);
            caller.send("GET / HTTP/1.1\r\nHost: web\r\n\r\n");
            caller.readHead();
            assertThat(caller.readSize()).isEqualTo(5);
            caller.reset();
            Frame reset = resets.poll(10, TimeUnit.SECONDS);
            assertThat(reset).isNotNull();
            assertThat(reset.number(0)).isEqualTo(CANCEL);
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @Test
    void sendsAgainWhatAGoAwayLeavesOut() throws Exception {
        route.retry = null;
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running((connection, number) -> {
                    connection.await(HEADERS);
                    Frame body = connection.await(DATA);
                    if (number == 1) {
                        connection.frame(GOAWAY, 0, 0, new byte[8]);
                        connection.read();
                        return;
                    }
                    respond(connection, 1, false, ":status", "200");
                    data(connection, 1, true, new String(body.payload(), StandardCharsets.US_ASCII));
                    while (connection.read() != null) {
                        // on to the end
                    }
                });
                RawConnection caller = serve(fixture, backend)) {
            caller.send("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(caller.readMessage().body()).isEqualTo("body");
            assertThat(fixture.web().resent.get()).isEqualTo(1);
            assertThat(fixture.web().retries.get()).isZero();
        }
    }

    @Test
    void sendsTrailersAgainWithARetry() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running((connection, number) -> {
                    for (int stream = 1; ; stream += 2) {
                        connection.headers(connection.await(HEADERS));
                        Frame body = connection.await(DATA);
                        Http2Headers trailers = connection.headers(connection.await(HEADERS));
                        if (stream == 1) {
                            connection.frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 7});
                        } else {
                            respond(connection, stream, false, ":status", "200");
                            data(
                                    connection,
                                    stream,
                                    true,
                                    new String(body.payload(), StandardCharsets.US_ASCII) + trailers.get("x-sum"));
                        }
                    }
                });
                RawConnection caller = serve(fixture, backend)) {
            caller.send(lines("POST / HTTP/1.1", "Host: web", "Transfer-Encoding: chunked", "", "3", "abc"));
            caller.send(lines("", "0", "X-Sum: 5", "", ""));
            assertThat(caller.readMessage().body()).isEqualTo("abc5");
            assertThat(fixture.web().retries.get()).isEqualTo(1);
        }
    }

    @Test
    void answersWhenTheBackendRefusesTheRestOfABody() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running((connection, number) -> {
                    connection.await(DATA);
                    respond(connection, 1, false, ":status", "413");
                    data(connection, 1, true, "too much");
                    connection.frame(RST_STREAM, 0, 1, NO_ERROR);
                    connection.read();
                });
                RawConnection caller = serve(fixture, backend)) {
            caller.send("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 1000000\r\n\r\nfirst");
            RawMessage answer = caller.readMessage();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(answer.body()).isEqualTo("too much");
        }
    }

    @Test
    void holdsBackACallerWhoIsFasterThanTheBackend() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running((connection, number) -> {
                    while (connection.read() != null) {
                        // no window is ever opened
                    }
                })) {
            RawConnection caller = serve(fixture, backend);
            int total = 64 << 20;
            caller.send("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: " + total + "\r\n\r\n");
            Thread sender = Thread.ofVirtual().start(() -> {
                byte[] part = new byte[64 * 1024];
                try {
                    while (sent.get() < total) {
                        caller.send(part);
                        sent.addAndGet(part.length);
                    }
                } catch (IOException e) {
                    // closed
                }
            });
            long[] before = {-1};
            await().pollInterval(200, TimeUnit.MILLISECONDS).until(() -> {
                long now = sent.get();
                boolean stands = now > 0 && now == before[0];
                before[0] = now;
                return stands;
            });
            assertThat(sent.get()).isLessThan(total / 2);
            caller.close();
            sender.join();
        }
    }

    @Test
    void holdsBackABackendThatIsFasterThanTheCaller() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1_TO_HTTP2);
                RawHttp2Backend backend = RawHttp2Backend.running((connection, number) -> {
                    connection.await(HEADERS);
                    respond(connection, 1, false, ":status", "200", "content-length", "4194304");
                    int window = 256 * 1024;
                    byte[] part = new byte[16 * 1024];
                    while (sent.get() < 4 << 20) {
                        while (window < part.length) {
                            Frame update = connection.await(8);
                            window += update.streamId() == 1 ? (int) update.number(0) : 0;
                        }
                        window -= part.length;
                        boolean last = sent.addAndGet(part.length) == 4 << 20;
                        connection.frame(DATA, last ? END_STREAM : 0, 1, part);
                    }
                    connection.read();
                });
                RawConnection caller = serve(fixture, backend)) {
            caller.send("GET / HTTP/1.1\r\nHost: web\r\n\r\n");
            assertThat(caller.readMessage().body()).hasSize(4 << 20);
        }
    }
}
