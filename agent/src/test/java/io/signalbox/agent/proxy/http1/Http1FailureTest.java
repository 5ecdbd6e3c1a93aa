package io.signalbox.agent.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.proxy.http1.testkit.Http1Agent;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class Http1FailureTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: web\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 2\r\n\r\nab";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String FAILED = "upstream connect error or disconnect/reset before headers. reset reason: ";
    private static final String NOT_REACHED = FAILED + "connection failure";
    private static final String LOST = FAILED + "connection termination";

    @ParameterizedTest
    @ValueSource(strings = {GET, POST})
    void goesToAnotherEndpointWhenOneCannotBeReached(String request) throws Exception {
        try (RawBackend backend = RawBackend.answering("ok");
                Http1Agent agent = new Http1Agent(RawBackend.refusing(), backend.endpoint());
                RawConnection client = agent.connect()) {
            for (int i = 0; i < 10; i++) {
                assertThat(client.send(request).readMessage().body()).isEqualTo("ok");
            }
            assertThat(backend.requests()).hasSize(10);
            assertThat(agent.web().retries.get()).isPositive();
        }
    }

    @Test
    void givesUpWhenNoEndpointCanBeReached() throws Exception {
        try (Http1Agent agent = new Http1Agent(RawBackend.refusing(), RawBackend.refusing());
                RawConnection client = agent.connect()) {
            for (int i = 0; i < 2; i++) {
                RawMessage answer = client.send(POST).readMessage();
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.body()).isEqualTo(NOT_REACHED);
                assertThat(answer.header("connection")).isEmpty();
            }
            assertThat(agent.web().retries.get()).isEqualTo(4);
            assertThat(agent.web().requests(5)).isEqualTo(2);
        }
    }

    @Test
    void saysThatThereIsNoEndpoint() throws Exception {
        try (Http1Agent agent = new Http1Agent();
                RawConnection client = agent.connect()) {
            RawMessage answer = client.send(GET).readMessage();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("no healthy upstream");
        }
    }

    @Test
    void answers404WithoutRoute() throws Exception {
        try (Http1Agent agent = new Http1Agent();
                RawConnection client = agent.connect()) {
            for (int i = 0; i < 2; i++) {
                RawMessage answer = client.send("POST / HTTP/1.1\r\nHost: none:1\r\nContent-Length: 1\r\n\r\nx")
                        .readMessage();
                assertThat(answer.status()).isEqualTo(404);
                assertThat(answer.body()).isEmpty();
            }
        }
    }

    /** The connection answers one request, and is closed when the second arrives. */
    private static RawBackend staleAfterOne() {
        return RawBackend.running((connection, number) -> {
            connection.readMessage();
            connection.send(OK);
            if (number == 1) {
                connection.readMessage();
            } else {
                while (true) {
                    connection.readMessage();
                    connection.send(OK);
                }
            }
        });
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"GET, 200, 2", "PUT, 200, 2", "POST, 503, 1"})
    void replaysOnlyIdempotentRequestsAfterAStaleConnection(String method, int status, int connections)
            throws Exception {
        try (RawBackend backend = staleAfterOne();
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            assertThat(client.send(GET).readMessage().status()).isEqualTo(200);
            String request = method + " / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n";
            RawMessage answer =
                    client.send(request + "3\r\nabc\r\n0\r\nA: b\r\n\r\n").readMessage();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body()).isEqualTo(status == 200 ? "ok" : LOST);
            assertThat(backend.accepted()).isEqualTo(connections);
            assertThat(client.send(GET).readMessage().status()).isEqualTo(200);
        }
    }

    @Test
    void replaysTheWholeBody() throws Exception {
        String[] bodies = new String[2];
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    if (number == 1) {
                        connection.readMessage();
                        connection.send(OK);
                        connection.readHead();
                        connection.read(3);
                    } else {
                        bodies[0] = connection.readMessage().body();
                        connection.send(OK);
                        bodies[1] = connection.readMessage().body();
                        connection.send(OK);
                    }
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            assertThat(client.send(GET).readMessage().status()).isEqualTo(200);
            String body = "x".repeat(20_000);
            String put = "PUT / HTTP/1.1\r\nHost: web\r\nContent-Length: 20000\r\n\r\n";
            assertThat(client.send(put + body).readMessage().status()).isEqualTo(200);
            assertThat(client.send(put + body).readMessage().status()).isEqualTo(200);
            assertThat(bodies).containsExactly(body, body);
        }
    }

    @Test
    void closesAnIdleConnectionThatSaysSomething() throws Exception {
        CountDownLatch idle = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readMessage();
                    connection.send(OK);
                    if (number == 1) {
                        idle.await();
                        connection.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
                    }
                    connection.readToEnd();
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            assertThat(client.send(GET).readMessage().status()).isEqualTo(200);
            idle.countDown();
            agent.await(
                    "connection closed",
                    () -> agent.stats(backend.endpoint()).connectionsActive.get() == 0);
            assertThat(client.send(POST).readMessage().status()).isEqualTo(200);
            assertThat(backend.accepted()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\nContent-Length: 1\n\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
                "hello\r\n\r\n"
            })
    void answers502ToWhatIsNotAResponse(String response) throws Exception {
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readMessage();
                    connection.send(response);
                    connection.readToEnd();
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            for (int i = 1; i <= 2; i++) {
                assertThat(client.send(GET).readMessage().status()).isEqualTo(502);
                assertThat(backend.accepted()).isEqualTo(i);
            }
        }
    }

    @Test
    void answers502ToAHeadThatDoesNotEnd() throws Exception {
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readMessage();
                    connection.send("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(2000));
                    connection.readToEnd();
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            assertThat(client.send(GET).readMessage().status()).isEqualTo(502);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nx\r\n"
            })
    void cutsTheCallerOffWhenTheBodyIsCutOff(String response) throws Exception {
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readMessage();
                    connection.send(response);
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            String all = client.send(GET).readToEnd();
            assertThat(all).startsWith("HTTP/1.1 200 OK").doesNotEndWith("\r\n0\r\n\r\n");
        }
    }

    @Test
    void doesNotTakeBytesAfterAResponseForAnother() throws Exception {
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readMessage();
                    connection.send(OK + OK.replace("ok", "no"));
                    connection.readToEnd();
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            for (int i = 1; i <= 3; i++) {
                assertThat(client.send(GET).readMessage().body()).isEqualTo("ok");
                assertThat(backend.accepted()).isEqualTo(i);
            }
        }
    }

    @Test
    void relaysAnEarlyResponseAndClosesBothConnections() throws Exception {
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
                    connection.readToEnd();
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 1000000\r\n\r\npart");
            RawMessage answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(answer.body()).isEqualTo("big");
            assertThat(client.read()).isEqualTo(-1);
            agent.await(
                    "upstream closed",
                    () -> agent.stats(backend.endpoint()).connectionsActive.get() == 0);
        }
    }

    @Test
    void relaysTheRefusalOfABackendThatClosesWithoutReading() throws Exception {
        for (int round = 0; round < 20; round++) {
            try (RawBackend backend = RawBackend.running((connection, number) -> {
                        connection.readHead();
                        connection.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
                    });
                    Http1Agent agent = new Http1Agent(backend.endpoint());
                    RawConnection client = agent.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 1000000\r\n\r\n");
                client.send(new byte[100_000]);
                assertThat(client.readMessage().body()).isEqualTo("big");
            }
        }
    }

    @Test
    void abortsTheRequestOfACallerThatIsGone() throws Exception {
        CountDownLatch aborted = new CountDownLatch(1);
        CountDownLatch received = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readMessage();
                    received.countDown();
                    connection.readToEnd();
                    aborted.countDown();
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send(GET);
            received.await();
            client.reset();
            aborted.await();
            agent.await("counted", () -> agent.web().requests(0) == 1);
        }
    }
}
