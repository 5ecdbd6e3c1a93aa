package io.signalbox.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Headers;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.RetryCondition;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.testkit.HttpKind;
import io.signalbox.agent.testkit.RawHttp2Backend;
import io.signalbox.agent.testkit.RawHttp2Client;
import io.signalbox.agent.testkit.RouteSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trailers of an HTTP/2 caller's request that goes out more than once. */
@Timeout(60)
class RequestTrailersTest {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int ATTEMPTS = 3;

    private final Semaphore reachedBackend = new Semaphore(0);

    private void answer(RawHttp2Client caller) throws Exception {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            int stream = 2 * attempt - 1;
            caller.headers(caller.await(HEADERS));
            reachedBackend.release();
            Http2Headers trailers = caller.headers(caller.await(HEADERS));
            String seen = trailers.get("x-sum") + " " + trailers.get("x-more");
            String status = attempt == ATTEMPTS ? "200" : "503";
            caller.frame(HEADERS, END_HEADERS | END_STREAM, stream, caller.block(":status", status, "x-seen", seen));
        }
        caller.read();
    }

    private RawBackend http1() {
        return RawBackend.running((connection, number) -> {
            for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
                connection.readHead();
                reachedBackend.release();
                StringBuilder lines = new StringBuilder();
                for (String line = connection.readLine(); !line.isEmpty(); line = connection.readLine()) {
                    lines.append(line.contains(":") ? line.substring(line.indexOf(':') + 2) + " " : "");
                }
                connection.send("HTTP/1.1 " + (attempt == ATTEMPTS ? "200 OK" : "503 No") + "\r\nX-Seen: "
                        + lines.toString().strip() + "\r\nContent-Length: 0\r\n\r\n");
            }
            connection.readToEnd();
        });
    }

    private String seen(HttpKind kind, Endpoint backend, String body, boolean late) throws Exception {
        RouteSpec route = new RouteSpec();
        route.retry = RouteSpec.retries(ATTEMPTS - 1, 0, Set.of(), RetryCondition.SERVER_ERROR);
        try (RulesFixture fixture = new RulesFixture(kind)) {
            fixture.serve(List.of(route.build()), List.of(RulesFixture.web(List.of(backend))));
            try (RawHttp2Client caller = RawHttp2Client.ready(RulesFixture.ADDRESS, fixture.port())) {
                caller.frame(HEADERS, END_HEADERS, 1, caller.request("POST", "web", "/"));
                if (!body.isEmpty()) {
                    caller.frame(DATA, 0, 1, body.getBytes(StandardCharsets.US_ASCII));
                }
                if (late) {
                    reachedBackend.acquire();
                }
                caller.frame(HEADERS, END_HEADERS | END_STREAM, 1, caller.block("x-sum", "5", "x-more", "6"));
                Http2Headers head = caller.headers(caller.await(HEADERS));
                return head.status() + " " + head.get("x-seen");
            }
        }
    }

    @ParameterizedTest(name = "body \"{0}\", trailers after the request has reached the backend: {1}")
    @CsvSource({"abc, false", "abc, true", "'', false", "'', true"})
    void goOutWithEveryAttempt(String body, boolean late) throws Exception {
        try (RawHttp2Backend backend = RawHttp2Backend.running((connection, number) -> answer(connection))) {
            assertThat(seen(HttpKind.HTTP2, backend.endpoint(), body, late)).isEqualTo("200 5 6");
        }
    }

    @ParameterizedTest(name = "body \"{0}\", trailers after the request has reached the backend: {1}")
    @CsvSource({"abc, false", "abc, true", "'', false", "'', true"})
    void goOutWithEveryAttemptInAnotherProtocol(String body, boolean late) throws Exception {
        try (RawBackend backend = http1()) {
            assertThat(seen(HttpKind.HTTP2_TO_HTTP1, backend.endpoint(), body, late))
                    .isEqualTo("200 5 6");
        }
    }
}
