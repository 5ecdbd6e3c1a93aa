package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.signalbox.agent.proxy.UpstreamCall;
import org.jspecify.annotations.Nullable;

/**
 * What of a request's body has been sent, in its new framing, for as long as that is little enough to keep, and as
 * somebody may want it again.
 */
final class Replay {
    /** Bytes of a body that are kept. */
    static final int MAX_BYTES = 64 * 1024;

    private static final int FRAMING_BYTES = 16;

    private final ByteBufAllocator alloc;
    private @Nullable ByteBuf sent;
    private boolean recording;
    private boolean complete = true;

    Replay(ByteBufAllocator alloc) {
        this.alloc = alloc;
    }

    /** Keeps what is sent from now on. */
    void record() {
        recording = true;
    }

    /** Whether all that was sent can be sent again. */
    boolean isComplete() {
        return complete;
    }

    /** Nothing is sent again. */
    void giveUp() {
        forget();
        complete = false;
    }

    void data(ByteBuf in, int length, boolean chunked) {
        ByteBuf to = room(length + FRAMING_BYTES);
        if (to != null) {
            if (chunked) {
                BodyWriter.chunkStart(to, length);
            }
            to.writeBytes(in, in.readerIndex(), length);
            if (chunked) {
                to.writeByte('\r').writeByte('\n');
            }
        }
    }

    void end(@Nullable Head trailers) {
        ByteBuf to = room(trailers == null ? FRAMING_BYTES : trailers.length + FRAMING_BYTES);
        if (to != null) {
            HeadWriter.lastChunk(trailers, to);
        }
    }

    private @Nullable ByteBuf room(int bytes) {
        if (!complete) {
            return null;
        }
        int before = sent == null ? 0 : sent.readableBytes();
        if (!recording || before + bytes > MAX_BYTES) {
            giveUp();
            return null;
        }
        if (sent == null) {
            sent = alloc.buffer(bytes);
        }
        return sent;
    }

    /** Sends it again; it is kept on. */
    void sendTo(Output output) {
        if (sent != null) {
            output.buffer().writeBytes(sent, sent.readerIndex(), sent.readableBytes());
        }
    }

    /** Likewise, by a call. */
    void sendTo(UpstreamCall call) {
        if (sent != null) {
            ByteBuf copy = sent.copy();
            call.data(copy, copy.readableBytes());
            copy.release();
        }
    }

    /** Gives up what is kept; the next request may be recorded. */
    void forget() {
        if (sent != null) {
            sent.release();
            sent = null;
        }
        recording = false;
        complete = true;
    }
}
