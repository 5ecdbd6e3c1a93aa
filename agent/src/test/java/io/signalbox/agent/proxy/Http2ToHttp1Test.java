package io.signalbox.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Headers;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import io.signalbox.agent.testkit.HttpKind;
import io.signalbox.agent.testkit.RawHttp2Client;
import io.signalbox.agent.testkit.RawHttp2Client.Frame;
import io.signalbox.agent.testkit.RouteSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers of HTTP/2 at backends of HTTP/1.1. */
class Http2ToHttp1Test {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final byte[] CANCEL = {0, 0, 0, 8};

    private final RouteSpec route = new RouteSpec();

    /** What came on a stream: {@code 200 name=value ...}, {@code body}, {@code trailers name=value}, {@code end}. */
    private static List<String> answer(RawHttp2Client from, int stream) throws Exception {
        List<String> seen = new ArrayList<>();
        while (true) {
            Frame frame = from.read();
            if (frame == null) {
                seen.add("closed");
                return seen;
            }
            if (frame.streamId() != stream || frame.type() == WINDOW_UPDATE) {
                continue;
            }
            switch (frame.type()) {
                case HEADERS -> {
                    Http2Headers head = from.headers(frame);
                    StringBuilder text = new StringBuilder(head.status() == null ? "trailers" : head.status());
                    head.forEach(field -> {
                        String name = field.getKey().toString();
                        if (!List.of(":status", "date", "x-envoy-upstream-service-time")
                                .contains(name)) {
                            text.append(' ').append(name).append('=').append(field.getValue());
                        }
                    });
                    seen.add(text.toString());
                }
                case DATA -> {
                    if (frame.payload().length > 0) {
                        seen.add(new String(frame.payload(), StandardCharsets.US_ASCII));
                    }
                }
                case RST_STREAM -> {
                    seen.add("reset " + frame.number(0));
                    return seen;
                }
                default -> {}
            }
            if ((frame.flags() & END_STREAM) != 0) {
                return seen;
            }
        }
    }

    private RawHttp2Client serve(RulesFixture fixture, RawBackend backend) throws IOException {
        fixture.serve(List.of(route.build()), List.of(RulesFixture.web(List.of(backend.endpoint()))));
        return RawHttp2Client.ready(RulesFixture.ADDRESS, fixture.port());
    }

    private static void request(RawHttp2Client to, int stream, boolean end, String... fields) throws IOException {
        to.frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, to.block(fields));
    }

    private static String[] post(String... more) {
        List<String> all =
                new ArrayList<>(List.of(":method", "POST", ":scheme", "http", ":authority", "web", ":path", "/"));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    private static void data(RawHttp2Client to, int stream, boolean end, String text) throws IOException {
        to.frame(DATA, end ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void writesTheRequestLineAndHost() throws Exception {
        BlockingQueue<RawMessage> got = new LinkedBlockingQueue<>();
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    while (true) {
                        got.add(connection.readMessage());
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                    }
                });
                RawHttp2Client caller = serve(fixture, backend)) {
            request(
                    caller,
                    1,
                    true,
                    ":method",
                    "GET",
                    ":scheme",
                    "http",
                    ":authority",
                    "Web:80",
                    ":path",
                    "/a?b=c",
                    "cookie",
                    "a=1",
                    "x-own",
                    "A",
                    "cookie",
                    "b=2",
                    "te",
                    "trailers",
                    "host",
                    "web:80");
            assertThat(answer(caller, 1)).containsExactly("200 content-length=0");
            RawMessage first = got.take();
            assertThat(first.startLine()).isEqualTo("GET /a?b=c HTTP/1.1");
            assertThat(first.fields().lines().filter(line -> line.startsWith("host:")))
                    .containsExactly("host: Web:80");
            assertThat(first.header("cookie")).isEqualTo("a=1; b=2");
            assertThat(first.header("te")).isEqualTo("trailers");
            assertThat(first.header("x-own")).isEqualTo("A");
            assertThat(first.header("x-envoy-attempt-count")).isEqualTo("1");
            assertThat(first.fields()).doesNotContain("content-length", "transfer-encoding", ":method");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // method | content-length | DATA | what frames it
                "POST | 4 | body | content-length: 4",
                "POST | - | body | transfer-encoding: chunked",
                "POST | - | -    | content-length: 0",
                "POST | 0 | -    | content-length: 0",
                "GET  | - | -    | -",
                "GET  | - | body | transfer-encoding: chunked",
            })
    void framesTheRequest(String method, String length, String body, String framing) throws Exception {
        BlockingQueue<RawMessage> got = new LinkedBlockingQueue<>();
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    while (true) {
                        got.add(connection.readMessage());
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    }
                });
                RawHttp2Client caller = serve(fixture, backend)) {
            for (int stream = 1; stream < 6; stream += 2) {
                String[] fields = {":method", method, ":scheme", "http", ":authority", "web", ":path", "/"};
                if (length != null) {
                    fields = Arrays.copyOf(fields, fields.length + 2);
                    fields[fields.length - 2] = "content-length";
                    fields[fields.length - 1] = length;
                }
                request(caller, stream, body == null, fields);
                if (body != null) {
                    data(caller, stream, true, body);
                }
                assertThat(answer(caller, stream)).containsExactly("200 content-length=2", "ok");
                RawMessage request = got.take();
                assertThat(request.body()).isEqualTo(body == null ? "" : body);
                assertThat(request.fields().lines())
                        .filteredOn(line -> line.startsWith("content-length") || line.startsWith("transfer-encoding"))
                        .isEqualTo(framing == null ? List.of() : List.of(framing));
            }
            assertThat(backend.accepted()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // method | what the backend sends | what the caller gets
                "GET | HTTP/1.1 200 OK~X-A: b~Connection: X-H~X-H: 1~Keep-Alive: 5~Content-Length: 2~~ok"
                        + " | 200 x-a=b content-length=2,ok",
                "GET | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~2~ok~0~X-T: 1~~ | 200,ok,trailers x-t=1",
                "GET | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~2~ok~0~~ | 200,ok",
                "GET | HTTP/1.1 200 OK~Connection: close~~ok | 200,ok",
                "GET | HTTP/1.0 200 OK~~ok | 200,ok",
                "HEAD | HTTP/1.1 200 OK~Content-Length: 7~~ | 200 content-length=7",
                "GET | HTTP/1.1 204 No Content~~ | 204",
                "GET | HTTP/1.1 304 Not Modified~Content-Length: 7~~ | 304 content-length=7",
                "GET | HTTP/1.1 100 Continue~~HTTP/1.1 103 Hints~Link: a~~HTTP/1.1 200 OK~Content-Length: 0~~"
                        + " | 100,103 link=a,200 content-length=0",
                "GET | HTTP/1.1 200 OK~Content-Length: 5~~ok | 200 content-length=5,ok,reset 2",
                "GET | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~2~ok~x~ | 200,ok,reset 2",
            })
    void relaysTheResponse(String method, String sent, String expected) throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readHead();
                    connection.send(sent.replace("~", "\r\n"));
                });
                RawHttp2Client caller = serve(fixture, backend)) {
            request(caller, 1, true, ":method", method, ":scheme", "http", ":authority", "web", ":path", "/");
            assertThat(String.join(",", answer(caller, 1))).isEqualTo(expected);
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/2 200~~",
                "HTTP/1.1 200 OK~Content-Length: 1~Content-Length: 2~~",
                "HTTP/1.1 200 OK~Content-Length: 1~Transfer-Encoding: chunked~~",
                "HTTP/1.1 101 Switching~Connection: upgrade~Upgrade: websocket~~",
                "HTTP/1.1 200 OK~Bad Name: 1~~",
            })
    void refusesHeadsThatAreNone(String sent) throws Exception {
        route.retry = null;
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readHead();
                    connection.send(sent.replace("~", "\r\n"));
                    connection.readToEnd();
                });
                RawHttp2Client caller = serve(fixture, backend)) {
            request(caller, 1, true, post());
            assertThat(answer(caller, 1).get(0)).startsWith("502 ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "G ET | / | web | x=y",
                "GET | /a b | web | x=y",
                "GET | a | web | x=y",
                "GET | * | web | x=y",
                "GET | / | web | transfer-encoding=chunked",
                "GET | / | web | connection=close",
                "GET | / | web | upgrade=websocket",
                "GET | / | web | te=gzip",
                "GET | / | web | content-length=1 content-length=1",
                "GET | / | web | content-length=+1",
                "GET | / | web | content-length=1",
            })
    void refusesRequestsThatHttp1CouldReadInAnotherWay(String method, String path, String host, String fields)
            throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.answering("no");
                RawHttp2Client caller = serve(fixture, backend)) {
            List<String> all =
                    new ArrayList<>(List.of(":method", method, ":scheme", "http", ":authority", host, ":path", path));
            all.addAll(Arrays.asList(fields.split("[= ]", -1)));
            request(caller, 1, true, all.toArray(String[]::new));
            assertThat(answer(caller, 1).get(0)).startsWith("400 ");
            assertThat(backend.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"3, abcd", "5, abcd"})
    void refusesABodyThatIsNotAsLongAsItSays(String length, String body) throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> got.add(connection.readToEnd()));
                RawHttp2Client caller = serve(fixture, backend)) {
            request(caller, 1, false, post("content-length", length));
            data(caller, 1, true, body);
            assertThat(answer(caller, 1).get(0)).startsWith("400 ");
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
            String all = got.poll(1, TimeUnit.SECONDS);
            int bodyFrom = all == null ? -1 : all.indexOf("\r\n\r\n") + 4;
            assertThat(all == null || bodyFrom < 4 ? "" : all.substring(bodyFrom))
                    .hasSizeLessThan(Integer.parseInt(length));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 240, 250, 254, 255})
    void keepsChunksApartWhereTheSocketFillsUp(int kilobytes) throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    while (true) {
                        String length =
                                Integer.toString(connection.readMessage().body().length());
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + length.length() + "\r\n\r\n" + length);
                    }
                });
                RawHttp2Client caller = serve(fixture, backend)) {
            for (int stream = 1; stream < 20; stream += 2) {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                all.write(RawHttp2Client.encode(HEADERS, END_HEADERS, stream, caller.block(post())));
                for (int left = kilobytes; left > 0; left -= 5) {
                    all.write(RawHttp2Client.encode(
                            DATA, left <= 5 ? END_STREAM : 0, stream, new byte[Math.min(left, 5) * 1024]));
                }
                caller.send(all.toByteArray());
                String length = Integer.toString(kilobytes * 1024);
                assertThat(answer(caller, stream)).containsExactly("200 content-length=" + length.length(), length);
            }
        }
    }

    @Test
    void relaysTrailersOfTheRequest() throws Exception {
        BlockingQueue<RawMessage> got = new LinkedBlockingQueue<>();
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    got.add(connection.readMessage());
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                });
                RawHttp2Client caller = serve(fixture, backend)) {
            request(caller, 1, false, post());
            data(caller, 1, false, "abc");
            data(caller, 1, false, "de");
            request(caller, 1, true, "x-sum", "5", "content-length", "3", "host", "other");
            assertThat(answer(caller, 1)).containsExactly("200 content-length=0");
            RawMessage request = got.take();
            assertThat(request.body()).isEqualTo("abcde");
            assertThat(request.trailers()).isEqualTo("x-sum: 5\r\n");
        }
    }

    @Test
    void closesTheConnectionOfACancelledRequest() throws Exception {
        BlockingQueue<String> ended = new LinkedBlockingQueue<>();
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst");
                    ended.add(connection.readToEnd());
                });
                RawHttp2Client caller = serve(fixture, backend)) {
            request(caller, 1, true, ":method", "GET", ":scheme", "http", ":authority", "web", ":path", "/");
            caller.await(DATA);
            caller.frame(RST_STREAM, 0, 1, CANCEL);
            assertThat(ended.poll(10, TimeUnit.SECONDS)).isEmpty();
            await().until(() -> fixture.activeOn(backend.endpoint()) == 0);
        }
    }

    @Test
    void resendsOnANewConnectionWhenIdleOnesWereClosed() throws Exception {
        route.retry = null;
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readMessage();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + number);
                    if (number == 1) {
                        connection.readHead();
                        connection.reset();
                    }
                    connection.readToEnd();
                });
                RawHttp2Client caller = serve(fixture, backend)) {
            request(caller, 1, true, ":method", "GET", ":scheme", "http", ":authority", "web", ":path", "/");
            assertThat(answer(caller, 1)).containsExactly("200 content-length=1", "1");
            request(caller, 3, true, ":method", "GET", ":scheme", "http", ":authority", "web", ":path", "/");
            assertThat(answer(caller, 3)).containsExactly("200 content-length=1", "2");
            assertThat(fixture.web().resent.get()).isEqualTo(1);
        }
    }

    @Test
    void answersWhenTheBackendRefusesTheRestOfABody() throws Exception {
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
                    connection.readToEnd();
                });
                RawHttp2Client caller = serve(fixture, backend)) {
            request(caller, 1, false, post("content-length", "1000000"));
            data(caller, 1, false, "first");
            assertThat(answer(caller, 1)).containsExactly("413 content-length=3", "big");
            assertThat(caller.await(RST_STREAM).number(0)).isZero();
        }
    }

    @Test
    @SuppressWarnings("try") // closing before the end is what lets the sender go
    void holdsBackACallerWhoIsFasterThanTheBackend() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readHead();
                    await().until(() -> sent.get() < 0);
                });
                RawHttp2Client caller = serve(fixture, backend)) {
            request(caller, 1, false, post());
            Thread sender = Thread.ofVirtual().start(() -> {
                byte[] part = new byte[16 * 1024];
                int stream = 256 * 1024;
                try {
                    while (true) {
                        while (stream < part.length) {
                            Frame update = caller.await(WINDOW_UPDATE);
                            stream += update.streamId() == 1 ? (int) update.number(0) : 0;
                        }
                        stream -= part.length;
                        caller.frame(DATA, 0, 1, part);
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
            assertThat(sent.get()).isLessThan(32 << 20);
            sent.set(-1);
            caller.close();
            sender.join();
        }
    }

    @Test
    void holdsBackABackendThatIsFasterThanTheCaller() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP2_TO_HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + (64 << 20) + "\r\n\r\n");
                    byte[] part = new byte[64 * 1024];
                    while (true) {
                        connection.send(part);
                        sent.addAndGet(part.length);
                    }
                });
                RawHttp2Client caller = serve(fixture, backend)) {
            request(caller, 1, true, ":method", "GET", ":scheme", "http", ":authority", "web", ":path", "/");
            long[] before = {-1};
            await().pollInterval(200, TimeUnit.MILLISECONDS).until(() -> {
                long now = sent.get();
                boolean stands = now > 0 && now == before[0];
                before[0] = now;
                return stands;
            });
            assertThat(sent.get()).isLessThan(32 << 20);
        }
    }
}
