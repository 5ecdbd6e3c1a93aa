package io.signalbox.agent.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.proxy.DownstreamConnection;
import io.signalbox.agent.proxy.RequestTrace;
import io.signalbox.agent.proxy.TracedRequest;
import io.signalbox.agent.proxy.http1.testkit.Http1Agent;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class Http1LifecycleTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: web\r\n\r\n";
    private static final String OTHER = "GET http://other:1/x HTTP/1.1\r\nHost: other:1\r\n\r\n";

    @Test
    void passesUnmatchedRequestsThroughOnAConnectionOfTheirOwn() throws Exception {
        try (RawBackend backend = RawBackend.answering("original");
                Http1Agent agent = new Http1Agent()) {
            agent.destination(backend.endpoint(), false);
            try (RawConnection client = agent.connect()) {
                for (int i = 0; i < 3; i++) {
                    assertThat(client.send(OTHER).readMessage().body()).isEqualTo("original");
                }
                assertThat(backend.requests()).allMatch(r -> r.startLine().equals("GET http://other:1/x HTTP/1.1"));
                assertThat(backend.requests()).allMatch(r -> r.fields().equals("Host: other:1\r\n"));
                assertThat(backend.accepted()).isEqualTo(1);
                assertThat(agent.stats().passthroughRequests.get()).isEqualTo(3);
            }
            agent.await("endpoint forgotten", () -> agent.stats().endpoints().isEmpty());
        }
    }

    @Test
    void doesNotPassThroughToItself() throws Exception {
        try (RawBackend backend = RawBackend.answering("original");
                Http1Agent agent = new Http1Agent()) {
            agent.destination(backend.endpoint(), true);
            try (RawConnection client = agent.connect()) {
                RawMessage answer = client.send(OTHER).readMessage();
                assertThat(answer.status()).isEqualTo(502);
                assertThat(answer.body()).contains("no service has this Host");
                assertThat(backend.accepted()).isZero();
            }
        }
    }

    @ParameterizedTest(name = "{0} header bytes, {1} headers: {2}")
    @CsvSource({"8000, 1, 200", "9000, 1, 431", "10, 199, 200", "10, 200, 431"})
    void limitsHeads(int bytes, int headers, int status) throws Exception {
        try (RawBackend backend = RawBackend.answering("x");
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: web\r\n" + ("X: " + "y".repeat(bytes) + "\r\n").repeat(headers));
            RawMessage answer = client.send("\r\n").readMessage();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(agent.stats().badRequests.get()).isEqualTo(status == 200 ? 0 : 1);
        }
    }

    @Test
    void refusesAHeadThatDoesNotEnd() throws Exception {
        try (Http1Agent agent = new Http1Agent();
                RawConnection client = agent.connect()) {
            client.send("x".repeat(Http1Agent.MAX_HEADER_BYTES + 1));
            assertThat(client.readMessage().status()).isEqualTo(431);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"GET / HTTP/1.0, 505", "CONNECT web:1 HTTP/1.1, 501", "GET web HTTP/1.1, 400"})
    void refusesWhatIsNotForIt(String line, int status) throws Exception {
        try (Http1Agent agent = new Http1Agent();
                RawConnection client = agent.connect()) {
            RawMessage answer = client.send(line + "\r\nHost: web\r\n\r\n").readMessage();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body()).isNotEmpty();
            assertThat(client.endOutput().read()).isEqualTo(-1);
        }
    }

    @Test
    void finishesRequestsOnAnEndpointThatLeft() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (RawBackend leaving = RawBackend.running((connection, number) -> {
                    connection.readMessage();
                    received.countDown();
                    go.await();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold");
                    connection.readToEnd();
                });
                RawBackend staying = RawBackend.answering("new");
                Http1Agent agent = new Http1Agent(leaving.endpoint());
                RawConnection client = agent.connect()) {
            client.send(GET);
            received.await();
            agent.endpoints(staying.endpoint());
            go.countDown();
            assertThat(client.readMessage().body()).isEqualTo("old");
            assertThat(client.send(GET).readMessage().body()).isEqualTo("new");
            agent.await(
                    "left endpoint forgotten", () -> !agent.stats().endpoints().containsKey(leaving.endpoint()));
        }
    }

    @Test
    void drains() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readMessage();
                    received.countDown();
                    go.await();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
                    connection.readToEnd();
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection idle = agent.connect();
                RawConnection busy = agent.connect()) {
            busy.send(GET);
            received.await();
            agent.await("both accepted", () -> agent.loop().connections().size() == 2);
            agent.onLoop(() -> {
                agent.loop().drain();
                return true;
            });
            assertThat(idle.read()).isEqualTo(-1);
            go.countDown();
            RawMessage last = busy.readMessage();
            assertThat(last.body()).isEqualTo("x");
            assertThat(last.header("connection")).isEqualTo("close");
            assertThat(busy.read()).isEqualTo(-1);
            agent.await(
                    "upstream closed",
                    () -> agent.stats(backend.endpoint()).connectionsActive.get() == 0);
        }
    }

    @Test
    void closesIdleConnectionsAndHeadsThatTrickleIn() throws Exception {
        try (RawBackend backend = RawBackend.answering("x");
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection idle = agent.connect();
                RawConnection slow = agent.connect()) {
            idle.send(GET).readMessage();
            agent.await("both accepted", () -> agent.loop().connections().size() == 2);
            for (char c : "GET / ".toCharArray()) {
                long before = agent.stats().downstreamBytesReceived.get();
                slow.send(String.valueOf(c));
                agent.await(
                        "byte read", () -> agent.stats().downstreamBytesReceived.get() > before);
                agent.onLoop(() -> {
                    agent.loop().tick(6, 1000);
                    return true;
                });
            }
            assertThat(idle.read()).isEqualTo(-1);
            assertThat(slow.readToEnd()).isEmpty();
            agent.await(
                    "upstream closed",
                    () -> agent.stats(backend.endpoint()).connectionsActive.get() == 0);
        }
    }

    @Test
    void reportsConnections() throws Exception {
        try (RawBackend backend = RawBackend.answering("x");
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send(GET).readMessage();
            var report = agent.onLoop(() -> agent.loop().connections().stream()
                    .map(DownstreamConnection::report)
                    .toList());
            assertThat(report).hasSize(1);
            assertThat(report.get(0).protocol()).isEqualTo("http1");
            assertThat(report.get(0).requests()).isEqualTo(1);
            assertThat(report.get(0).activeRequests()).isZero();
            assertThat(report.get(0).destination()).isEqualTo("127.0.0.1:80");
        }
    }

    @Test
    void tracesARequestWithItsAttempts() throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        RequestTrace trace = new RequestTrace() {
            @Override
            public CharSequence startAttempt(Endpoint endpoint) {
                events.add("attempt");
                return "new-parent";
            }

            @Override
            public void attemptFailed(String errorType) {
                events.add("failed " + errorType);
            }

            @Override
            public void end(TracedRequest request) {
                events.add(request.method() + " " + request.path() + " " + request.authority() + " " + request.status()
                        + " " + request.backend() + " " + request.requestBodyBytes() + " "
                        + request.responseBodyBytes());
            }
        };
        try (RawBackend backend = RawBackend.answering("12345");
                Http1Agent agent = new Http1Agent(
                        (parent, state) -> {
                            events.add("start " + parent + " " + state);
                            return trace;
                        },
                        RawBackend.refusing(),
                        backend.endpoint());
                RawConnection client = agent.connect()) {
            for (int i = 0; i < 2; i++) {
                client.send("PUT /p?q HTTP/1.1\r\nHost: web:1\r\nTraceparent: old-parent\r\nTracestate: s\r\n");
                client.send("Content-Length: 3\r\n\r\nabc").readMessage();
            }
            assertThat(backend.requests()).allMatch(r -> r.header("traceparent").equals("new-parent"));
            assertThat(backend.requests()).allMatch(r -> r.header("tracestate").equals("s"));
            assertThat(events)
                    .contains("start old-parent s", "attempt", "failed connect_failed")
                    .contains("PUT /p?q web:1 200 web:80 3 5");
            assertThat(events).filteredOn(e -> e.equals("attempt")).hasSize(3);
            assertThat(events).filteredOn(e -> e.startsWith("PUT")).hasSize(2);
        }
    }
}
