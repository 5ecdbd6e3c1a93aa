package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts a body into its new framing and sends it. Used for one body after another. */
final class BodyWriter implements BodySink {
    /** Takes bytes and drops them. */
    static final BodySink NOWHERE = new BodySink() {
        @Override
        public void data(ByteBuf in, int length) {
            in.skipBytes(length);
        }

        @Override
        public void end(@Nullable Head trailers) {
            // nothing to tell
        }
    };

    private static final int CRLF = ('\r' << 8) | '\n';

    private @Nullable Output output;
    private @Nullable Replay replay;
    private List<Http1Mirror> mirrors = List.of();
    private boolean chunked;
    private long bytes;

    /**
     * Starts a body.
     *
     * @param copy is told what is sent; null: nobody wants to know
     */
    void start(boolean asChunks, @Nullable Replay copy) {
        chunked = asChunks;
        replay = copy;
        bytes = 0;
    }

    /** Sends what follows to this connection, to which all that went before has been sent already. */
    void sendTo(Output to) {
        output = to;
    }

    /** Copies what follows. */
    void mirrorTo(List<Http1Mirror> copies) {
        mirrors = copies;
    }

    /** Bytes of the body so far, without framing and trailers. */
    long bytes() {
        return bytes;
    }

    /** Lets go of the connection. */
    void forget() {
        output = null;
        replay = null;
        mirrors = List.of();
        bytes = 0;
    }

    @Override
    public void data(ByteBuf in, int length) {
        Output to = output;
        if (to == null) {
            in.skipBytes(length);
            return;
        }
        if (length == 0) {
            return;
        }
        bytes += length;
        if (replay != null) {
            replay.data(in, length, chunked);
        }
        for (int i = 0; i < mirrors.size(); i++) {
            mirrors.get(i).data(in, length, chunked);
        }
        if (chunked) {
            chunkStart(to.buffer(), length);
            to.write(in, length);
            to.buffer().writeShort(CRLF);
        } else {
            to.write(in, length);
        }
    }

    @Override
    public void end(@Nullable Head trailers) {
        if (output == null || !chunked) {
            return;
        }
        HeadWriter.lastChunk(trailers, output.buffer());
        if (replay != null) {
            replay.end(trailers);
        }
        for (int i = 0; i < mirrors.size(); i++) {
            mirrors.get(i).end(trailers);
        }
    }

    static void chunkStart(ByteBuf out, int length) {
        int shift = 28 - Integer.numberOfLeadingZeros(length) / 4 * 4;
        for (; shift >= 0; shift -= 4) {
            int digit = (length >>> shift) & 0xf;
            out.writeByte(digit < 10 ? '0' + digit : 'a' + digit - 10);
        }
        out.writeShort(CRLF);
    }
}
