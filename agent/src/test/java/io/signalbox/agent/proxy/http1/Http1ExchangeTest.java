package io.signalbox.agent.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.proxy.http1.testkit.Http1Agent;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class Http1ExchangeTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: web\r\n\r\n";

    @Test
    void balancesEachRequestOfAConnection() throws Exception {
        try (RawBackend a = RawBackend.answering("a");
                RawBackend b = RawBackend.answering("b");
                RawBackend c = RawBackend.answering("c");
                Http1Agent agent = new Http1Agent(a.endpoint(), b.endpoint(), c.endpoint());
                RawConnection client = agent.connect()) {
            StringBuilder answers = new StringBuilder();
            for (int i = 0; i < 300; i++) {
                answers.append(client.send(GET).readMessage().body());
            }
            assertThat(a.requests()).hasSize(100);
            assertThat(b.requests()).hasSize(100);
            assertThat(c.requests()).hasSize(100);
            assertThat(answers).hasSize(300);
            assertThat(a.accepted() + b.accepted() + c.accepted()).isEqualTo(3);
            assertThat(agent.web().requests(2)).isEqualTo(300);
            assertThat(agent.stats().connectionsHttp1.get()).isEqualTo(1);
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    while (true) {
                        String line = connection.readMessage().startLine();
                        String target = line.substring(4, line.indexOf(' ', 4));
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + target.length() + "\r\n\r\n" + target);
                    }
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            StringBuilder all = new StringBuilder();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                String body = i % 3 == 0 ? "x".repeat(i % 50) : "";
                all.append("PUT /").append(i).append(" HTTP/1.1\r\nHost: web\r\n");
                all.append("Content-Length: ")
                        .append(body.length())
                        .append("\r\n\r\n")
                        .append(body);
                expected.add("/" + i);
            }
            client.send(all.toString());
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                answers.add(client.readMessage().body());
            }
            assertThat(answers).isEqualTo(expected);
        }
    }

    @Test
    void relaysChunksAndTrailersBothWays() throws Exception {
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    RawMessage request = connection.readMessage();
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n");
                    connection.send(Integer.toHexString(request.body().length()) + ";ext=1\r\n" + request.body());
                    connection.send("\r\n0\r\n" + request.trailers() + "X-T: down\r\nContent-Length: 5\r\n\r\n");
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send("3\r\nabc\r\n4;q=\"1\"\r\ndefg\r\n0\r\nX-Up: 1\r\nHost: evil\r\n\r\n");
            RawMessage response = client.readMessage();
            assertThat(response.body()).isEqualTo("abcdefg");
            assertThat(response.trailers()).isEqualTo("X-Up: 1\r\nX-T: down\r\n");
        }
    }

    @Test
    void relays100Continue() throws Exception {
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    RawMessage head = connection.readHead();
                    assertThat(head.header("expect")).isEqualTo("100-continue");
                    connection.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + connection.read(4));
                    connection.readHead();
                    connection.send("HTTP/1.1 204 No Content\r\n\r\n");
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: web\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(103);
            assertThat(client.readHead().status()).isEqualTo(100);
            assertThat(client.send("body").readMessage().body()).isEqualTo("body");
            assertThat(client.send(GET).readMessage().status()).isEqualTo(204);
            assertThat(backend.accepted()).isEqualTo(1);
        }
    }

    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource({
        "HEAD, 200 OK, Content-Length: 5, content-length: 5",
        "HEAD, 200 OK, Transfer-Encoding: chunked, transfer-encoding: chunked",
        "GET, 304 Not Modified, Content-Length: 5, content-length: 5",
        "GET, 204 No Content, X: y, X: y",
        "GET, 200 OK, Content-Length: 0, content-length: 0"
    })
    void knowsResponsesWithoutBody(String method, String status, String header, String expected) throws Exception {
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    while (true) {
                        connection.readMessage();
                        connection.send("HTTP/1.1 " + status + "\r\n" + header + "\r\n\r\n");
                    }
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            for (int i = 0; i < 3; i++) {
                RawMessage head =
                        client.send(method + " / HTTP/1.1\r\nHost: web\r\n\r\n").readHead();
                assertThat(head.startLine()).isEqualTo("HTTP/1.1 " + status);
                assertThat(head.fields().replaceAll("(date|x-envoy-upstream-service-time): .*\r\n", ""))
                        .isEqualTo(expected + "\r\n");
            }
            assertThat(backend.accepted()).isEqualTo(1);
        }
    }

    @Test
    void relaysABodyThatEndsWithTheConnectionAsChunks() throws Exception {
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readMessage();
                    connection.send("HTTP/1.0 200 OK\r\n\r\nuntil the end");
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            for (int i = 1; i <= 2; i++) {
                RawMessage response = client.send(GET).readMessage();
                assertThat(response.header("transfer-encoding")).isEqualTo("chunked");
                assertThat(response.body()).isEqualTo("until the end");
                assertThat(backend.accepted()).isEqualTo(i);
            }
        }
    }

    @Test
    void answersOneThatHasEndedItsOutput() throws Exception {
        try (RawBackend backend = RawBackend.answering("late");
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 2\r\n\r\nab" + GET)
                    .endOutput();
            assertThat(client.readMessage().body()).isEqualTo("late");
            assertThat(client.readMessage().body()).isEqualTo("late");
            assertThat(client.read()).isEqualTo(-1);
            assertThat(backend.requests().get(0).body()).isEqualTo("ab");
        }
    }

    @Test
    void closesWhenToldTo() throws Exception {
        try (RawBackend backend = RawBackend.answering("x");
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n");
            assertThat(client.readMessage().header("connection")).isEqualTo("close");
            assertThat(client.read()).isEqualTo(-1);
            assertThat(backend.requests().get(0).header("connection")).isEmpty();
        }
    }

    @Test
    void doesNotReuseAnUpstreamConnectionThatIsToldToClose() throws Exception {
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    connection.readMessage();
                    connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n" + number);
                    connection.read();
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            assertThat(client.send(GET).readMessage().body()).isEqualTo("1");
            RawMessage second = client.send(GET).readMessage();
            assertThat(second.body()).isEqualTo("2");
            assertThat(second.header("connection")).isEmpty();
        }
    }

    @Test
    void tunnelsAWebSocket() throws Exception {
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    RawMessage head = connection.readHead();
                    assertThat(head.header("connection")).isEqualTo("upgrade");
                    connection.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
                            + head.header("upgrade") + "\r\n\r\nhello ");
                    connection.send(connection.read(5));
                    connection.endOutput();
                    assertThat(connection.readToEnd()).isEqualTo("more");
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: web\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\n");
            client.send("early");
            RawMessage head = client.readHead();
            assertThat(head.status()).isEqualTo(101);
            assertThat(head.header("upgrade")).isEqualTo("websocket");
            assertThat(client.readToEnd()).isEqualTo("hello early");
            client.send("more").endOutput();
            agent.await("both ends closed", () -> agent.loop().connections().isEmpty());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"h2c, 200", "TLS/1.0, 403"})
    void doesNotUpgradeToAnythingElse(String protocol, int status) throws Exception {
        try (RawBackend backend = RawBackend.answering("x");
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: web\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: " + protocol
                    + "\r\nHTTP2-Settings: a\r\n\r\n");
            assertThat(client.readMessage().status()).isEqualTo(status);
            assertThat(backend.requests())
                    .allMatch(r -> r.fields().replaceAll("x-.*\r\n", "").equals("Host: web\r\n"));
        }
    }
}
