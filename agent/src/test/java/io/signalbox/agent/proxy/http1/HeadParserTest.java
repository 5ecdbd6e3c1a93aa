package io.signalbox.agent.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HeadParserTest {
    static Stream<Arguments> goodRequests() {
        return Stream.of(
                request("plain", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                request("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
                request("IPv6 Host with port", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
                request("any token as method", "M-SEARCH /x HTTP/1.1\r\nHost: a\r\n\r\n"),
                request("white space around a value", "GET / HTTP/1.1\r\nHost: \t a \t\r\n\r\n"),
                request("bytes above ASCII", "GET /\u00e4 HTTP/1.1\r\nHost: a\r\nX: \u00e4\r\n\r\n"),
                request("absolute target", "GET http://a:1/x HTTP/1.1\r\nHost: a:1\r\n\r\n"),
                request("absolute target, other case", "GET HTTP://A/x HTTP/1.1\r\nHost: a\r\n\r\n"),
                request("absolute target without path", "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"),
                request("asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
                request("length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 010\r\n\r\n"),
                request("chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"),
                request("empty member of Connection", "GET / HTTP/1.1\r\nHost: a\r\nConnection: , close\r\n\r\n"));
    }

    private static Arguments request(String name, String head) {
        return Arguments.of(name, head);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goodRequests")
    void acceptsWhatIsWellFormed(String name, String text) {
        assertThat(HeadParser.request(head(text))).as(name).isNull();
    }

    static Stream<Arguments> badRequests() {
        return Stream.of(
                bad("no method", " / HTTP/1.1\r\nHost: a\r\n\r\n", BadMessage.METHOD),
                bad("NUL before the line", "\0GET / HTTP/1.1\r\nHost: a\r\n\r\n", BadMessage.METHOD),
                bad("tab for space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", BadMessage.METHOD),
                bad("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", BadMessage.TARGET),
                bad("space in target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", BadMessage.VERSION_SYNTAX),
                bad("control character in target", "GET /\u0001 HTTP/1.1\r\nHost: a\r\n\r\n", BadMessage.TARGET),
                bad("no version", "GET /\r\nHost: a\r\n\r\n", BadMessage.TARGET),
                bad("lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", BadMessage.VERSION_SYNTAX),
                bad("long version", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", BadMessage.LINE_END),
                bad("HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", BadMessage.VERSION),
                bad("HTTP/2.0", "PRI * HTTP/2.0\r\n\r\n", BadMessage.VERSION),
                bad("space after version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", BadMessage.LINE_END),
                bad("LF after the first line", "GET / HTTP/1.1\nHost: a\r\n\r\n", BadMessage.LINE_END),
                bad("LF after a header", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", BadMessage.LINE_END),
                bad("LF as the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n", BadMessage.LINE_END),
                bad("CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", BadMessage.LINE_END),
                bad("CR CR LF", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", BadMessage.LINE_END),
                bad("NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", BadMessage.HEADER_VALUE),
                bad("DEL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: \u007f\r\n\r\n", BadMessage.HEADER_VALUE),
                bad("folded header", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", BadMessage.FOLDED_LINE),
                bad("space first", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", BadMessage.FOLDED_LINE),
                bad("space before colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", BadMessage.HEADER_NAME),
                bad("tab before colon", "POST / HTTP/1.1\r\nContent-Length\t: 1\r\n\r\n", BadMessage.HEADER_NAME),
                bad("no name", "GET / HTTP/1.1\r\n: a\r\n\r\n", BadMessage.HEADER_NAME),
                bad("no colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", BadMessage.LINE_END),
                bad("name not a token", "GET / HTTP/1.1\r\nHo(st: a\r\n\r\n", BadMessage.HEADER_NAME),
                bad("name above ASCII", "GET / HTTP/1.1\r\nH\u00f6st: a\r\n\r\n", BadMessage.HEADER_NAME),
                bad("no Host", "GET / HTTP/1.1\r\n\r\n", BadMessage.HOST_COUNT),
                bad("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", BadMessage.HOST_COUNT),
                bad("second Host empty", "GET / HTTP/1.1\r\nHost:\r\nHost: a\r\n\r\n", BadMessage.HOST_COUNT),
                bad("list of Hosts", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", BadMessage.HOST_VALUE),
                bad("user in Host", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", BadMessage.HOST_VALUE),
                bad("path in Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", BadMessage.HOST_VALUE),
                bad("Host differs", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", BadMessage.HOST_MISMATCH),
                bad("user in target", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", BadMessage.HOST_MISMATCH),
                bad("no host in target", "GET http:/// HTTP/1.1\r\nHost:\r\n\r\n", BadMessage.HOST_MISMATCH),
                bad("other scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", BadMessage.TARGET),
                bad("relative target", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", BadMessage.TARGET),
                bad("asterisk for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", BadMessage.TARGET),
                bad("CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", BadMessage.CONNECT),
                badPost("CL.CL", "Content-Length: 1\r\nContent-Length: 2", BadMessage.CONTENT_LENGTH),
                badPost("equal CL.CL", "Content-Length: 1\r\nContent-Length: 1", BadMessage.CONTENT_LENGTH),
                badPost("list of lengths", "Content-Length: 1, 1", BadMessage.CONTENT_LENGTH),
                badPost("plus sign", "Content-Length: +1", BadMessage.CONTENT_LENGTH),
                badPost("minus sign", "Content-Length: -1", BadMessage.CONTENT_LENGTH),
                badPost("hexadecimal length", "Content-Length: 0x1", BadMessage.CONTENT_LENGTH),
                badPost("empty length", "Content-Length:", BadMessage.CONTENT_LENGTH),
                badPost("length beyond long", "Content-Length: 9999999999999999999", BadMessage.CONTENT_LENGTH),
                badPost("CL.TE", "Content-Length: 1\r\nTransfer-Encoding: chunked", BadMessage.BOTH_LENGTHS),
                badPost("TE.CL", "Transfer-Encoding: chunked\r\nContent-Length: 1", BadMessage.BOTH_LENGTHS),
                badPost("CL 0 and TE", "Content-Length: 0\r\nTransfer-Encoding: chunked", BadMessage.BOTH_LENGTHS),
                badPost(
                        "TE.TE",
                        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                        BadMessage.TRANSFER_ENCODING),
                badPost("TE xchunked", "Transfer-Encoding: xchunked", BadMessage.TRANSFER_ENCODING),
                badPost("TE in quotes", "Transfer-Encoding: \"chunked\"", BadMessage.TRANSFER_ENCODING),
                badPost("TE with VT", "Transfer-Encoding: \u000bchunked", BadMessage.HEADER_VALUE),
                badPost("TE list", "Transfer-Encoding: gzip, chunked", BadMessage.TRANSFER_ENCODING),
                badPost("TE chunked twice", "Transfer-Encoding: chunked, chunked", BadMessage.TRANSFER_ENCODING),
                badPost("TE identity", "Transfer-Encoding: identity", BadMessage.TRANSFER_ENCODING),
                badPost("TE empty", "Transfer-Encoding:", BadMessage.TRANSFER_ENCODING),
                badPost("TE chunked with parameter", "Transfer-Encoding: chunked;x", BadMessage.TRANSFER_ENCODING),
                badPost("Connection not a list", "Connection: a b", BadMessage.CONNECTION_OPTIONS));
    }

    private static Arguments bad(String name, String head, BadMessage expected) {
        return Arguments.of(name, head, expected);
    }

    private static Arguments badPost(String name, String headers, BadMessage expected) {
        return Arguments.of(name, "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n\r\n", expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badRequests")
    void refusesWhatIsNot(String name, String text, BadMessage expected) {
        assertThat(HeadParser.request(head(text))).as(name).isEqualTo(expected);
    }

    static Stream<Arguments> responses() {
        return Stream.of(
                Arguments.of("plain", "HTTP/1.1 200 OK\r\n\r\n", null),
                Arguments.of("no reason", "HTTP/1.1 200 \r\n\r\n", null),
                Arguments.of("no space after status", "HTTP/1.1 200\r\n\r\n", null),
                Arguments.of("HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n", null),
                Arguments.of("HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", BadMessage.STATUS_LINE),
                Arguments.of("two digits", "HTTP/1.1 20 OK\r\n\r\n", BadMessage.STATUS_LINE),
                Arguments.of("four digits", "HTTP/1.1 2000 OK\r\n\r\n", BadMessage.STATUS_LINE),
                Arguments.of("status 099", "HTTP/1.1 099 OK\r\n\r\n", BadMessage.STATUS_LINE),
                Arguments.of("not HTTP", "SSH-2.0-x\r\n\r\n", BadMessage.STATUS_LINE),
                Arguments.of("empty line only", "\r\n", BadMessage.STATUS_LINE),
                Arguments.of("LF", "HTTP/1.1 200 OK\n\r\n", BadMessage.LINE_END),
                Arguments.of(
                        "both lengths",
                        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                        BadMessage.BOTH_LENGTHS),
                Arguments.of(
                        "chunked in HTTP/1.0",
                        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                        BadMessage.BOTH_LENGTHS));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("responses")
    void checksResponses(String name, String text, @Nullable BadMessage expected) {
        assertThat(HeadParser.response(head(text))).as(name).isEqualTo(expected);
    }

    @Test
    void refusesTooManyHeaders() {
        String most = "X: y\r\n".repeat(HeadParser.MAX_FIELDS - 1);
        assertThat(HeadParser.request(head("GET / HTTP/1.1\r\nHost: a\r\n" + most + "\r\n")))
                .isNull();
        assertThat(HeadParser.request(head("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n" + most + "\r\n")))
                .isEqualTo(BadMessage.TOO_MANY_HEADERS);
    }

    @Test
    void readsWhatTheHeadSays() {
        String fields = "Content-Length: 12\r\nTE: gzip;q=0.5, trailers\r\nTraceparent: 00-1\r\nUpgrade: websocket\r\n";
        String connection = "Connection: Close, X-Gone, upgrade\r\n";
        Head head = head("POST http://a:1/p?q HTTP/1.1\r\nHost: a:1\r\n" + connection + fields + "\r\n");
        assertThat(HeadParser.request(head)).isNull();
        assertThat(Ascii.text(head.bytes, 0, head.methodTo)).isEqualTo("POST");
        assertThat(Ascii.text(head.bytes, head.pathFrom, head.targetTo)).isEqualTo("/p?q");
        assertThat(Ascii.text(head.bytes, head.hostFrom, head.hostTo)).isEqualTo("a:1");
        assertThat(head.contentLength).isEqualTo(12);
        assertThat(head.close).isTrue();
        assertThat(head.upgradeOption).isTrue();
        assertThat(head.namesFields).isTrue();
        assertThat(head.trailersWelcome).isTrue();
        assertThat(head.value(head.traceparentField)).isEqualTo("00-1");
        assertThat(head.value(head.upgradeField)).isEqualTo("websocket");
    }

    static Head head(String text) {
        ByteBuf bytes = Unpooled.wrappedBuffer(Ascii.bytes(text));
        Head head = new Head();
        head.load(bytes, bytes.readableBytes());
        return head;
    }
}
