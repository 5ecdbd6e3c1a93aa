package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Takes a chunked body apart (RFC 9112 section 7.1), strictly: every line ends with CR LF, a size has nothing but
 * hexadecimal digits, extensions are checked and dropped.
 */
final class ChunkReader {
    /** Bytes that the extensions of one chunk may have. */
    static final int MAX_EXTENSION_BYTES = 1024;

    /** Bytes that the trailers may have. */
    static final int MAX_TRAILER_BYTES = 8 * 1024;

    private static final int MAX_SIZE_DIGITS = 15;

    private enum State {
        SIZE,
        EXTENSION,
        SIZE_LINE_FEED,
        DATA,
        DATA_CARRIAGE_RETURN,
        DATA_LINE_FEED,
        TRAILERS,
        DONE
    }

    private State state = State.DONE;
    private int sizeDigits;
    private int extensionBytes;
    private long remaining;
    private @Nullable Head trailers;

    /** Starts a body. */
    void start() {
        state = State.SIZE;
        sizeDigits = 0;
        remaining = 0;
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** Ends early; gives back what is held. */
    void stop() {
        state = State.DONE;
        if (trailers != null) {
            HeadPool.ofThisLoop().give(trailers);
            trailers = null;
        }
    }

    /** Reads until the body or the buffer ends. Returns null unless the body is malformed. */
    @Nullable
    BadMessage read(ByteBuf in, BodySink sink) {
        while (state != State.DONE && in.isReadable()) {
            BadMessage bad = switch (state) {
                case SIZE -> size(in.readByte());
                case EXTENSION -> extension(in.readByte());
                case SIZE_LINE_FEED -> sizeLineFeed(in.readByte());
                case DATA -> data(in, sink);
                case DATA_CARRIAGE_RETURN -> expect(in.readByte(), '\r', State.DATA_LINE_FEED);
                case DATA_LINE_FEED -> dataLineFeed(in.readByte());
                case TRAILERS -> trailerByte(in.readByte(), sink);
                case DONE -> null;
            };
            if (bad != null) {
                return bad;
            }
        }
        return null;
    }

    private @Nullable BadMessage size(byte b) {
        int digit = Ascii.hex(b);
        if (digit >= 0) {
            remaining = (remaining << 4) | digit;
            return ++sizeDigits > MAX_SIZE_DIGITS ? BadMessage.CHUNK_SIZE : null;
        }
        if (sizeDigits == 0) {
            return BadMessage.CHUNK_SIZE;
        }
        if (b == ';') {
            extensionBytes = 0;
            state = State.EXTENSION;
            return null;
        }
        state = State.SIZE_LINE_FEED;
        return b == '\r' ? null : BadMessage.CHUNK_SIZE;
    }

    private @Nullable BadMessage extension(byte b) {
        if (b == '\r') {
            state = State.SIZE_LINE_FEED;
            return null;
        }
        return !Ascii.isField(b) || ++extensionBytes > MAX_EXTENSION_BYTES ? BadMessage.CHUNK_EXTENSION : null;
    }

    private @Nullable BadMessage sizeLineFeed(byte b) {
        sizeDigits = 0;
        return expect(b, '\n', remaining == 0 ? State.TRAILERS : State.DATA);
    }

    private @Nullable BadMessage data(ByteBuf in, BodySink sink) {
        int length = (int) Math.min(remaining, in.readableBytes());
        sink.data(in, length);
        remaining -= length;
        if (remaining == 0) {
            state = State.DATA_CARRIAGE_RETURN;
        }
        return null;
    }

    private @Nullable BadMessage dataLineFeed(byte b) {
        return expect(b, '\n', State.SIZE);
    }

    private @Nullable BadMessage expect(byte b, char expected, State next) {
        state = next;
        return b == expected ? null : BadMessage.CHUNK_END;
    }

    private @Nullable BadMessage trailerByte(byte b, BodySink sink) {
        if (trailers == null) {
            trailers = HeadPool.ofThisLoop().take();
        }
        Head collected = trailers;
        if (collected.length == MAX_TRAILER_BYTES) {
            return BadMessage.TRAILERS_TOO_LARGE;
        }
        collected.append(b);
        if (b != '\n' || !endsWithEmptyLine(collected)) {
            return null;
        }
        BadMessage bad = HeadParser.trailers(collected);
        if (bad == null) {
            sink.end(collected.fieldCount == 0 ? null : collected);
        }
        stop();
        return bad;
    }

    private static boolean endsWithEmptyLine(Head head) {
        int before = head.length - 2;
        if (before >= 0 && head.bytes[before] == '\r') {
            before--;
        }
        return before < 0 || head.bytes[before] == '\n';
    }
}
