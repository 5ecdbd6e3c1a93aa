package io.signalbox.agent.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChunkReaderTest {
    private static final int SPLITS = 200;

    static Stream<Arguments> good() {
        return Stream.of(
                Arguments.of("empty", "0\r\n\r\n", "", ""),
                Arguments.of("two chunks", "3\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\n", "abc0123456789", ""),
                Arguments.of("extensions", "1;a=b;c=\"d\"\r\nx\r\n0;e\r\n\r\n", "x", ""),
                Arguments.of("line ends as data", "4\r\n\r\n\r\n\r\n00\r\n\r\n", "\r\n\r\n", ""),
                Arguments.of("trailers", "1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n", "x", "A: b\r\nC: d\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("good")
    void readsUnderAnySplit(String name, String body, String data, String trailers) {
        Random random = new Random(1);
        for (int i = 0; i < SPLITS; i++) {
            Received received = new Received();
            assertThat(read(body + "NEXT", random, received)).as(name).isNull();
            assertThat(received.data.toString()).as(name).isEqualTo(data);
            assertThat(received.trailers).as(name).isEqualTo(trailers);
            assertThat(received.rest).as(name).isEqualTo("NEXT");
        }
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of("no size", "\r\nabc", BadMessage.CHUNK_SIZE),
                Arguments.of("not hexadecimal", "g\r\n", BadMessage.CHUNK_SIZE),
                Arguments.of("0x", "0x1\r\na\r\n", BadMessage.CHUNK_SIZE),
                Arguments.of("minus", "-1\r\n", BadMessage.CHUNK_SIZE),
                Arguments.of("space before size", " 1\r\na\r\n", BadMessage.CHUNK_SIZE),
                Arguments.of("space after size", "1 \r\na\r\n", BadMessage.CHUNK_SIZE),
                Arguments.of("size beyond long", "10000000000000001\r\n", BadMessage.CHUNK_SIZE),
                Arguments.of("LF after size", "1\na\r\n", BadMessage.CHUNK_SIZE),
                Arguments.of("CR alone after size", "1\ra\r\n", BadMessage.CHUNK_END),
                Arguments.of("LF in extension", "1;a\nb\r\na\r\n", BadMessage.CHUNK_EXTENSION),
                Arguments.of("LF in quoted extension", "1;a=\"\n\"\r\na\r\n", BadMessage.CHUNK_EXTENSION),
                Arguments.of("CR in extension", "1;a\rb\r\na\r\n", BadMessage.CHUNK_END),
                Arguments.of("NUL in extension", "1;\0\r\na\r\n", BadMessage.CHUNK_EXTENSION),
                Arguments.of("endless extension", "1;" + "a".repeat(2000), BadMessage.CHUNK_EXTENSION),
                Arguments.of("chunk too long", "1\r\nab\r\n", BadMessage.CHUNK_END),
                Arguments.of("LF after data", "1\r\na\n0\r\n\r\n", BadMessage.CHUNK_END),
                Arguments.of("bad trailer", "0\r\nA : b\r\n\r\n", BadMessage.HEADER_NAME),
                Arguments.of("folded trailer", "0\r\nA: b\r\n c\r\n\r\n", BadMessage.FOLDED_LINE),
                Arguments.of("LF after trailer", "0\r\nA: b\n\r\n", BadMessage.LINE_END),
                Arguments.of("LF for trailers", "0\r\n\n", BadMessage.LINE_END),
                Arguments.of("endless trailers", "0\r\n" + "A: b\r\n".repeat(2000), BadMessage.TRAILERS_TOO_LARGE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void refusesUnderAnySplit(String name, String body, BadMessage expected) {
        Random random = new Random(2);
        for (int i = 0; i < SPLITS; i++) {
            assertThat(read(body, random, new Received())).as(name).isEqualTo(expected);
        }
    }

    private static @Nullable BadMessage read(String body, Random random, Received received) {
        ChunkReader reader = new ChunkReader();
        reader.start();
        byte[] bytes = Ascii.bytes(body);
        int from = 0;
        while (from < bytes.length) {
            int length = 1 + random.nextInt(Math.min(8, bytes.length - from));
            ByteBuf piece = Unpooled.wrappedBuffer(bytes, from, length);
            BadMessage bad = reader.read(piece, received);
            if (bad != null) {
                reader.stop();
                return bad;
            }
            if (reader.isDone()) {
                int consumed = from + length - piece.readableBytes();
                received.rest = Ascii.text(bytes, consumed, bytes.length);
                return null;
            }
            from += length;
        }
        reader.stop();
        return null;
    }

    private static final class Received implements BodySink {
        private final StringBuilder data = new StringBuilder();
        private String trailers = "none";
        private String rest = "";

        @Override
        public void data(ByteBuf in, int length) {
            data.append(in.readCharSequence(length, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void end(@Nullable Head head) {
            trailers = head == null ? "" : Ascii.text(head.bytes, head.fieldsFrom, head.fieldsTo);
        }
    }
}
