package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.UpstreamCall;
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
    private @Nullable UpstreamCall call;
    private @Nullable HeaderBlock sentTrailers;
    private @Nullable Replay replay;
    private List<RequestCopy> mirrors = List.of();
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

    boolean isChunked() {
        return chunked;
    }

    /** Sends what follows to this connection, to which all that went before has been sent already. */
    void sendTo(Output to) {
        output = to;
    }

    /** Sends what follows by this call, to which all that went before has been sent already. */
    void sendTo(UpstreamCall to) {
        call = to;
    }

    /** Trailers that a call has been sent; null: none. */
    @Nullable
    HeaderBlock sentTrailers() {
        return sentTrailers;
    }

    /** Copies what follows. */
    void mirrorTo(List<RequestCopy> copies) {
        mirrors = copies;
    }

    /** Bytes of the body so far, without framing and trailers. */
    long bytes() {
        return bytes;
    }

    /** Lets go of the connection. */
    void forget() {
        output = null;
        call = null;
        sentTrailers = null;
        replay = null;
        mirrors = List.of();
        bytes = 0;
    }

    @Override
    public void data(ByteBuf in, int length) {
        Output to = output;
        if (to == null && call == null) {
            in.skipBytes(length);
            return;
        }
        if (length == 0) {
            return;
        }
        bytes += length;
        if (replay != null) {
            replay.data(in, length, chunked && to != null);
        }
        for (int i = 0; i < mirrors.size(); i++) {
            mirrors.get(i).data(in, length, chunked);
        }
        if (to == null) {
            call(in, length);
        } else if (chunked) {
            chunk(to, in, length);
        } else {
            to.write(in, length);
        }
    }

    private void call(ByteBuf in, int length) {
        if (call != null) {
            call.data(in, length);
        }
    }

    /** Sends bytes as one chunk. */
    static void chunk(Output to, ByteBuf in, int length) {
        chunkStart(to.buffer(), length);
        to.write(in, length);
        to.buffer().writeShort(CRLF);
    }

    @Override
    public void end(@Nullable Head trailers) {
        if (call != null) {
            sentTrailers = BlockReader.trailers(trailers);
            call.end(sentTrailers);
        }
        if ((output == null && call == null) || !chunked) {
            return;
        }
        if (output != null) {
            HeadWriter.lastChunk(trailers, output.buffer());
            if (replay != null) {
                replay.end(trailers);
            }
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
