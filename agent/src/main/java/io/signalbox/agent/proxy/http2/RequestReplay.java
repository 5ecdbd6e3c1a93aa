package io.signalbox.agent.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;
import org.jspecify.annotations.Nullable;

/**
 * The body bytes and trailers that an attempt has sent, kept until the response begins, so that another attempt can
 * send them again. The array belongs to a reused exchange, so that small bodies make no object.
 */
final class RequestReplay {
    /** A body of which more has been sent cannot be sent again. */
    static final int MAX_BYTES = 64 * 1024;

    /** A larger array is not kept for the next request. */
    private static final int KEEP_BYTES = 4 * 1024;

    private static final byte[] NONE = {};

    private byte[] bytes = NONE;
    private int length;
    private @Nullable HeaderBlock trailers;
    private boolean possible = true;

    /** Whether all that was sent is still here. */
    boolean isPossible() {
        return possible;
    }

    /** Keeps the next bytes of {@code source} without reading them. */
    void keep(ByteBuf source, int count) {
        if (!possible) {
            return;
        }
        if (length + count > MAX_BYTES) {
            giveUp();
            return;
        }
        if (length + count > bytes.length) {
            byte[] larger = new byte[Math.max(256, Integer.highestOneBit(length + count) * 2)];
            System.arraycopy(bytes, 0, larger, 0, length);
            bytes = larger;
        }
        source.getBytes(source.readerIndex(), bytes, length, count);
        length += count;
    }

    /** Keeps trailers, which are not changed any more. */
    void keep(HeaderBlock sent) {
        if (possible) {
            trailers = sent;
        }
    }

    /** Puts what was kept back in front of what waits in a half: it is to be sent again. */
    void requeue(Half request, LoopContext loop) {
        if (trailers != null) {
            request.waitingTrailers = trailers;
        }
        if (request.replayedBytes > 0) {
            // The rest of an earlier replay still heads the queue; all of it is in the new one.
            ByteBuf rest = request.queue.remove();
            request.queuedBytes -= rest.readableBytes();
            loop.queued(-rest.readableBytes());
            rest.release();
            request.replayedBytes = 0;
        }
        if (length > 0) {
            request.queue.addFirst(Unpooled.copiedBuffer(bytes, 0, length));
            request.queuedBytes += length;
            request.replayedBytes = length;
            loop.queued(length);
        }
    }

    /** The response has begun, or too much was sent: nothing is sent again. */
    void giveUp() {
        possible = false;
        length = 0;
        trailers = null;
        if (bytes.length > KEEP_BYTES) {
            bytes = NONE;
        }
    }

    void reset() {
        giveUp();
        possible = true;
    }
}
