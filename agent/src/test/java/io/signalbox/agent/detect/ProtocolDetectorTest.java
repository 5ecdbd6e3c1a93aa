package io.signalbox.agent.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProtocolDetectorTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    static Stream<Arguments> openings() {
        return Stream.of(
                Arguments.of("GET", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", Detection.HTTP1),
                Arguments.of("empty line first", "\r\nGET / HTTP/1.1\r\n", Detection.HTTP1),
                Arguments.of("bare LF, for the parser to refuse", "GET / HTTP/1.1\nHost: a\n\n", Detection.HTTP1),
                Arguments.of("absolute form", "GET http://a/b?c HTTP/1.1\r\n", Detection.HTTP1),
                Arguments.of("unusual method", "M-SEARCH * HTTP/1.1\r\n", Detection.HTTP1),
                Arguments.of("begins like the preface", "PRICE /list HTTP/1.1\r\n", Detection.HTTP1),
                Arguments.of("preface", PREFACE, Detection.HTTP2),
                Arguments.of("preface and a frame", PREFACE + "\0\0\0\4\0\0\0\0\0", Detection.HTTP2),
                Arguments.of("broken preface", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", Detection.OPAQUE),
                Arguments.of("HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", Detection.OPAQUE),
                Arguments.of("HTTP/1.10", "GET / HTTP/1.10\r\n", Detection.OPAQUE),
                Arguments.of("HTTP/0.9", "GET /\r\n", Detection.OPAQUE),
                Arguments.of("no target", "GET  HTTP/1.1\r\n", Detection.OPAQUE),
                Arguments.of("no method", " / HTTP/1.1\r\n", Detection.OPAQUE),
                Arguments.of("lower-case words", "hello world\n", Detection.OPAQUE),
                Arguments.of("SSH", "SSH-2.0-OpenSSH_9.6\r\n", Detection.OPAQUE),
                Arguments.of("Redis", "*1\r\n$4\r\nPING\r\n", Detection.OPAQUE),
                Arguments.of("long method", "A".repeat(40) + " / HTTP/1.1\r\n", Detection.OPAQUE),
                Arguments.of("ClientHello", "\u0016\u0003\u0001\u0002\0\u0001\0", Detection.TLS),
                Arguments.of("TLS record of another kind", "\u0016\u0003\u0001\u0002\0\u0002\0", Detection.OPAQUE),
                Arguments.of("0x16 and no TLS", "\u0016\u0007abcdef", Detection.OPAQUE),
                Arguments.of("binary", "\0\1\2\3\4\5\6\7", Detection.OPAQUE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("openings")
    void tellsTheProtocol(String name, String opening, Detection expected) {
        byte[] bytes = opening.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(ProtocolDetector.detect(bytes, bytes.length)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("openings")
    void everyPrefixIsUndecidedOrHasTheVerdictOfTheWhole(String name, String opening, Detection expected) {
        byte[] bytes = opening.getBytes(StandardCharsets.ISO_8859_1);
        boolean decided = false;
        for (int length = 0; length <= bytes.length; length++) {
            Detection verdict = ProtocolDetector.detect(bytes, length);
            if (verdict == Detection.UNDECIDED) {
                assertThat(decided).as("undecided again at %d", length).isFalse();
            } else {
                decided = true;
                assertThat(verdict).as("at %d", length).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyPrefixOfAnyBytesIsUndecidedOrHasTheVerdictOfTheWhole(long seed) {
        Random random = new Random(seed);
        String[] parts = {
            "GET", " ", "/", "HTTP/1.1", "\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u0016\u0003", "\u0001", "x", "\0"
        };
        for (int round = 0; round < 2000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(8); i >= 0; i--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
            Detection whole = ProtocolDetector.detect(bytes, bytes.length);
            for (int length = 0; length < bytes.length; length++) {
                assertThat(ProtocolDetector.detect(bytes, length))
                        .as("seed %d, first %d bytes of <%s>", seed, length, text)
                        .isIn(Detection.UNDECIDED, whole);
            }
        }
    }

    @Test
    void anEndlessRequestLineIsOpaqueInTheEnd() {
        byte[] bytes =
                ("GET /" + "a".repeat(ProtocolDetector.MAX_REQUEST_LINE_BYTES)).getBytes(StandardCharsets.US_ASCII);
        assertThat(ProtocolDetector.detect(bytes, bytes.length)).isEqualTo(Detection.OPAQUE);
    }
}
