package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** What has been read from a connection and not been consumed: usually nothing between two reads. */
final class Input {
    private @Nullable ByteBuf bytes;
    private boolean kept;
    private int scannedBytes;

    /** Adds what was read, and takes ownership of it. */
    ByteBuf add(ByteBuf in) {
        ByteBuf before = bytes;
        if (before == null) {
            bytes = in;
            return in;
        }
        before.writeBytes(in);
        in.release();
        return before;
    }

    /** All that is there, or null. */
    @Nullable
    ByteBuf bytes() {
        return bytes;
    }

    int readableBytes() {
        return bytes == null ? 0 : bytes.readableBytes();
    }

    /**
     * Looks for the end of a head.
     *
     * @return its length, or -1 when it has not come yet
     */
    int headLength(ByteBuf in) {
        int from = in.readerIndex();
        int end = HeadEnd.find(in, from, from + scannedBytes);
        if (end < 0) {
            scannedBytes = in.readableBytes();
            return -1;
        }
        scannedBytes = 0;
        return end - from;
    }

    /**
     * Releases what has been consumed. What has not is moved to a buffer of its size, so that the large one is free.
     */
    void settle(ByteBufAllocator alloc) {
        ByteBuf now = bytes;
        if (now == null) {
            return;
        }
        if (!now.isReadable()) {
            release();
        } else if (kept) {
            now.discardSomeReadBytes();
        } else {
            bytes = alloc.buffer(now.readableBytes() + 256).writeBytes(now);
            now.release();
            kept = true;
        }
    }

    void release() {
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
        kept = false;
        scannedBytes = 0;
    }
}
