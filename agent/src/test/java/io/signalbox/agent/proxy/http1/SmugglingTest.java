package io.signalbox.agent.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.proxy.http1.testkit.Http1Agent;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What two parsers could read differently reaches no backend, and ends the connection. */
@Timeout(60)
class SmugglingTest {
    private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: web\r\n\r\n";
    private static final String POST = "POST /seen HTTP/1.1\r\nHost: web\r\n";

    static Stream<Arguments> corpus() {
        return Stream.of(
                attack("CL.TE", POST + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                attack("TE.CL", POST + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
                attack("CL.CL", POST + "Content-Length: 0\r\nContent-Length: 37\r\n\r\n"),
                attack("CL list", POST + "Content-Length: 0, 37\r\n\r\n"),
                attack("CL with sign", POST + "Content-Length: +0\r\n\r\n"),
                attack("CL with space before colon", POST + "Content-Length : 37\r\n\r\n"),
                attack("CL folded", POST + "Content-Length:\r\n 37\r\n\r\n"),
                attack("TE.TE", POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n"),
                attack("TE xchunked", POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
                attack("TE with VT", POST + "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n"),
                attack("TE with space before colon", POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
                attack("TE after bare LF", POST + "X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                attack("TE after bare CR", POST + "X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                attack("TE after NUL", POST + "X: y\0Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                attack("TE folded", POST + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
                attack("head ended by LF", POST + "Content-Length: 37\r\n\n"),
                attack("two Hosts", POST + "Host: none\r\nContent-Length: 0\r\n\r\n"),
                attack("target against Host", "GET http://none/ HTTP/1.1\r\nHost: web\r\n\r\n"),
                attack("NUL first", "\0GET / HTTP/1.1\r\nHost: web\r\n\r\n"));
    }

    static Stream<Arguments> chunkCorpus() {
        return Stream.of(
                attack("LF after size", "1\na\r\n0\r\n\r\n"),
                attack("LF in extension", "1;\nxx\r\na\r\n0\r\n\r\n"),
                attack("LF in quoted extension", "1;a=\"\n\"\r\na\r\n0\r\n\r\n"),
                attack("CR in extension", "1;\rx\r\na\r\n0\r\n\r\n"),
                attack("size with 0x", "0x1\r\na\r\n0\r\n\r\n"),
                attack("size that overflows", "10000000000000001\r\na\r\n0\r\n\r\n"),
                attack("longer than its size", "1\r\nab\r\n0\r\n\r\n"),
                attack("LF after data", "1\r\na\n0\r\n\r\n"),
                attack("LF after trailers", "0\r\nA: b\r\n\n"));
    }

    private static Arguments attack(String name, String bytes) {
        return Arguments.of(name, bytes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("corpus")
    void refusesAndForwardsNothing(String name, String bytes) throws Exception {
        try (RawBackend backend = RawBackend.answering("x");
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send(bytes + HIDDEN);
            RawMessage answer = client.readMessage();
            assertThat(answer.status()).as(name).isEqualTo(400);
            assertThat(answer.body()).as(name).isNotEmpty();
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(client.endOutput().readToEnd()).as(name).isEmpty();
            assertThat(backend.accepted()).as(name).isZero();
            assertThat(agent.stats().badRequests.get()).isEqualTo(1);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("chunkCorpus")
    void neverEndsABodyThatIsMalformed(String name, String body) throws Exception {
        StringBuilder received = new StringBuilder();
        try (RawBackend backend = RawBackend.running((connection, number) -> {
                    synchronized (received) {
                        received.append(connection.readToEnd());
                    }
                });
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n" + body + HIDDEN);
            RawMessage answer = client.readMessage();
            assertThat(answer.status()).as(name).isEqualTo(400);
            assertThat(client.endOutput().readToEnd()).as(name).isEmpty();
            synchronized (received) {
                assertThat(received.toString()).as(name).doesNotContain("0\r\n\r\n", "hidden");
            }
        }
    }

    @Test
    void treatsBytesAfterARefusedUpgradeAsTheNextRequest() throws Exception {
        try (RawBackend backend = RawBackend.answering("x");
                Http1Agent agent = new Http1Agent(backend.endpoint());
                RawConnection client = agent.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: web\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
            client.send("GET / HTTP/1.1\r\nHost: none\r\n\r\n");
            assertThat(client.readMessage().status()).isEqualTo(200);
            assertThat(client.readMessage().status()).isEqualTo(404);
            assertThat(backend.requests()).hasSize(1);
        }
    }
}
