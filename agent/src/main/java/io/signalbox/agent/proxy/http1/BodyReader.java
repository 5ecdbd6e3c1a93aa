package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Takes a body out of its framing, whichever that is. Used for one body after another. */
final class BodyReader {
    private enum Framing {
        NONE,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    private final ChunkReader chunks = new ChunkReader();
    private Framing framing = Framing.NONE;
    private long remaining;

    void startNone() {
        framing = Framing.NONE;
    }

    void startLength(long length) {
        framing = length == 0 ? Framing.NONE : Framing.LENGTH;
        remaining = length;
    }

    void startChunked() {
        framing = Framing.CHUNKED;
        chunks.start();
    }

    void startUntilClose() {
        framing = Framing.UNTIL_CLOSE;
    }

    boolean isDone() {
        return framing == Framing.NONE;
    }

    boolean isUntilClose() {
        return framing == Framing.UNTIL_CLOSE;
    }

    /** Ends early; gives back what is held. */
    void stop() {
        framing = Framing.NONE;
        chunks.stop();
    }

    /** Reads until the body or the buffer ends. Returns null unless the body is malformed. */
    @Nullable
    BadMessage read(ByteBuf in, BodySink sink) {
        switch (framing) {
            case NONE -> {}
            case LENGTH -> {
                int length = (int) Math.min(remaining, in.readableBytes());
                sink.data(in, length);
                remaining -= length;
                if (remaining == 0) {
                    framing = Framing.NONE;
                    sink.end(null);
                }
            }
            case CHUNKED -> {
                BadMessage bad = chunks.read(in, sink);
                if (bad != null) {
                    return bad;
                }
                if (chunks.isDone()) {
                    framing = Framing.NONE;
                }
            }
            case UNTIL_CLOSE -> sink.data(in, in.readableBytes());
        }
        return null;
    }
}
