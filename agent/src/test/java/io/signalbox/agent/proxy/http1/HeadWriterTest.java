package io.signalbox.agent.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HeadWriterTest {
    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of("nothing to drop", "GET /\nHost: A:80\nX:  y", "GET /\nHost: A:80\nX:  y"),
                Arguments.of("hop by hop", "GET /\nKeep-Alive: 1\nHost: a\nProxy-Connection: x", "GET /\nHost: a"),
                Arguments.of("named", "GET /\nX-A: 1\nHost: a\nConnection: x-a, X-B\nX-B: 2", "GET /\nHost: a"),
                Arguments.of("two lists", "GET /\nHost: a\nConnection: close\nConnection: b\nB: 2", "GET /\nHost: a"),
                Arguments.of("Host stays", "GET /\nHost: a\nConnection: host", "GET /\nHost: a"),
                Arguments.of("TE", "GET /\nHost: a\nTE: gzip, trailers", "GET /\nHost: a\nte: trailers"),
                Arguments.of("h2c", "GET /\nHost: a\nConnection: upgrade\nUpgrade: h2c", "GET /\nHost: a"),
                Arguments.of("length", "PUT /\nContent-Length: 007\nHost: a", "PUT /\nHost: a\ncontent-length: 7"),
                Arguments.of(
                        "length named",
                        "PUT /\nContent-Length: 7\nConnection: content-length\nHost: a",
                        "PUT /\nHost: a\ncontent-length: 7"),
                Arguments.of(
                        "chunked",
                        "PUT /\nTransfer-Encoding: CHUNKED\nHost: a",
                        "PUT /\nHost: a\ntransfer-encoding: chunked"),
                Arguments.of("absolute", "GET http://a/b?c\nHost: a", "GET /b?c\nHost: a"),
                Arguments.of("absolute, no path", "GET http://a\nHost: a", "GET /\nHost: a"),
                Arguments.of("absolute, query only", "GET http://a?c\nHost: a", "GET /?c\nHost: a"),
                Arguments.of("absolute OPTIONS", "OPTIONS http://a\nHost: a", "OPTIONS *\nHost: a"),
                Arguments.of("traceparent", "GET /\nTraceparent: 1\nHost: a", "GET /\nHost: a\ntraceparent: 2"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void writesWhatGoesOn(String name, String in, String expected) {
        Head head = HeadParserTest.head(text(in));
        assertThat(HeadParser.request(head)).as(name).isNull();
        ByteBuf out = Unpooled.buffer();
        RequestEdits edits = new RequestEdits();
        edits.asItCame = false;
        edits.traceparent = head.traceparentField >= 0 ? "2" : null;
        HeadWriter.request(head, out, edits);
        String own = "x-forwarded-proto: http\nx-envoy-attempt-count: 0";
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo(text(expected + "\n" + own));
    }

    private static String text(String lines) {
        return lines.replaceFirst("\n", " HTTP/1.1\n").replace("\n", "\r\n") + "\r\n\r\n";
    }

    @Test
    void keepsAnAbsoluteTargetForAnUnknownDestination() {
        Head head = HeadParserTest.head("GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(HeadParser.request(head)).isNull();
        ByteBuf out = Unpooled.buffer();
        RequestEdits edits = new RequestEdits();
        edits.asItCame = true;
        HeadWriter.request(head, out, edits);
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).startsWith("GET http://a/b HTTP/1.1\r\n");
    }

    @Test
    void writesResponsesAsHttp11() {
        Head head = HeadParserTest.head("HTTP/1.0 200 Fine\r\nA: b\r\nConnection: keep-alive\r\n\r\n");
        assertThat(HeadParser.response(head)).isNull();
        ByteBuf out = Unpooled.buffer();
        ResponseEdits edits = new ResponseEdits();
        edits.clear();
        HeadWriter.response(head, out, 12, false, true, edits);
        assertThat(out.toString(StandardCharsets.ISO_8859_1))
                .isEqualTo("HTTP/1.1 200 Fine\r\nA: b\r\ncontent-length: 12\r\nconnection: close\r\n\r\n");
    }

    @Test
    void dropsTrailersThatChangeTheMessage() {
        Head head = HeadParserTest.head("Content-Length: 1\r\nA: b\r\nHost: c\r\nSet-Cookie: d\r\n\r\n");
        assertThat(HeadParser.trailers(head)).isNull();
        ByteBuf out = Unpooled.buffer();
        HeadWriter.lastChunk(head, out);
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo("0\r\nA: b\r\n\r\n");
    }
}
