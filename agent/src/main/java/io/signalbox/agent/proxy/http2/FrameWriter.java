package io.signalbox.agent.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.signalbox.agent.proxy.Flushable;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes the frames of one connection into one buffer, which is handed to the socket once per turn of the event loop.
 * Small DATA is copied into it; large DATA passes as a slice. Confined to the connection's event loop.
 */
final class FrameWriter implements Flushable {
    static final int FRAME_HEADER_BYTES = 9;

    /** The frame size that every peer takes (RFC 9113 section 4.2). */
    static final int DEFAULT_MAX_FRAME_BYTES = 16_384;

    /** From this size on a slice costs less than a copy. */
    private static final int SLICE_FROM_BYTES = 4096;

    private static final int BUFFER_BYTES = 8192;

    /** The buffer is handed over early when it holds this much, so that the channel's water marks count it. */
    private static final int HAND_OVER_BYTES = 64 * 1024;

    private final LoopContext loop;
    private final ChannelHandlerContext ctx;
    private final HpackCodec hpack;
    private @Nullable ByteBuf out;
    private boolean flushPending;
    private int maxFrameBytes = DEFAULT_MAX_FRAME_BYTES;

    FrameWriter(LoopContext loop, ChannelHandlerContext ctx, HpackCodec hpack) {
        this.loop = loop;
        this.ctx = ctx;
        this.hpack = hpack;
    }

    /**
     * The peer's SETTINGS_MAX_FRAME_SIZE. We do not use more than the default: larger frames only delay other streams.
     */
    int maxFrameBytes() {
        return maxFrameBytes;
    }

    void peerMaxFrameBytes(int bytes) {
        maxFrameBytes = Math.min(bytes, DEFAULT_MAX_FRAME_BYTES);
    }

    /** Whether the socket takes more output now. */
    boolean isWritable() {
        return ctx.channel().isWritable();
    }

    private ByteBuf buffer() {
        ByteBuf buffer = out;
        if (buffer == null) {
            buffer = ctx.alloc().directBuffer(BUFFER_BYTES);
            out = buffer;
            if (!flushPending) {
                flushPending = true;
                loop.flushLater(this);
            }
        }
        return buffer;
    }

    private void handOver() {
        ByteBuf buffer = out;
        if (buffer != null) {
            out = null;
            ctx.write(buffer, ctx.voidPromise());
        }
    }

    @Override
    public void flushNow() {
        flushPending = false;
        handOver();
        ctx.flush();
    }

    /**
     * Sends what waits and ends the connection: first our direction only, since closing a socket with unread input
     * makes the kernel drop what the peer has not read yet (RFC 9112 section 9.6); the rest when the peer has closed
     * its side, or after a second. What comes meanwhile is dropped.
     */
    void flushAndClose() {
        handOver();
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> ((DuplexChannel) ctx.channel()).shutdownOutput());
        if (ctx.channel().isOpen()) {
            ctx.executor().schedule(() -> ctx.close(), 1, TimeUnit.SECONDS);
        }
    }

    /** Lets go of output that will not be sent. */
    void release() {
        ByteBuf buffer = out;
        if (buffer != null) {
            out = null;
            buffer.release();
        }
    }

    private ByteBuf frameHeader(int length, byte type, int flags, int streamId) {
        ByteBuf buffer = buffer();
        buffer.writeMedium(length);
        buffer.writeByte(type);
        buffer.writeByte(flags);
        buffer.writeInt(streamId);
        return buffer;
    }

    void bytes(byte[] raw) {
        buffer().writeBytes(raw);
    }

    /**
     * Writes SETTINGS.
     *
     * @param pairs identifier, value, identifier, value, ...
     */
    void settings(long... pairs) {
        ByteBuf buffer = frameHeader(pairs.length / 2 * 6, Http2FrameTypes.SETTINGS, 0, 0);
        for (int i = 0; i < pairs.length; i += 2) {
            buffer.writeShort((int) pairs[i]);
            buffer.writeInt((int) pairs[i + 1]);
        }
    }

    void settingsAck() {
        frameHeader(0, Http2FrameTypes.SETTINGS, Http2Flags.ACK, 0);
    }

    void ping(long content, boolean ack) {
        frameHeader(8, Http2FrameTypes.PING, ack ? Http2Flags.ACK : 0, 0).writeLong(content);
    }

    void windowUpdate(int streamId, int increment) {
        frameHeader(4, Http2FrameTypes.WINDOW_UPDATE, 0, streamId).writeInt(increment);
    }

    void resetStream(int streamId, long errorCode) {
        frameHeader(4, Http2FrameTypes.RST_STREAM, 0, streamId).writeInt((int) errorCode);
    }

    void goAway(int lastStreamId, Http2Error error, String debug) {
        byte[] text = debug.getBytes(StandardCharsets.UTF_8);
        frameHeader(8 + text.length, Http2FrameTypes.GO_AWAY, 0, 0)
                .writeInt(lastStreamId)
                .writeInt((int) error.code())
                .writeBytes(text);
    }

    /** Writes HEADERS, and CONTINUATION where the peer's frame size asks for it. */
    void headers(int streamId, HeaderBlock block, boolean endStream) throws Http2Exception {
        ByteBuf buffer = buffer();
        int start = buffer.writerIndex();
        int flags = endStream ? Http2Flags.END_STREAM : 0;
        frameHeader(0, Http2FrameTypes.HEADERS, flags | Http2Flags.END_HEADERS, streamId);
        hpack.encode(streamId, block, buffer);
        int length = buffer.writerIndex() - start - FRAME_HEADER_BYTES;
        if (length <= maxFrameBytes) {
            buffer.setMedium(start, length);
        } else {
            splitHeaders(buffer, start, length, flags, streamId);
        }
        handOverWhenFull();
    }

    private void splitHeaders(ByteBuf buffer, int start, int length, int flags, int streamId) {
        ByteBuf block = buffer.copy(start + FRAME_HEADER_BYTES, length);
        buffer.writerIndex(start);
        try {
            frameHeader(maxFrameBytes, Http2FrameTypes.HEADERS, flags, streamId).writeBytes(block, maxFrameBytes);
            while (block.isReadable()) {
                int part = Math.min(block.readableBytes(), maxFrameBytes);
                int end = part == block.readableBytes() ? Http2Flags.END_HEADERS : 0;
                frameHeader(part, Http2FrameTypes.CONTINUATION, end, streamId).writeBytes(block, part);
            }
        } finally {
            block.release();
        }
    }

    /**
     * Writes one DATA frame with {@code length} bytes read from {@code source}, which must not exceed the frame size.
     */
    void data(int streamId, ByteBuf source, int length, boolean endStream) {
        ByteBuf buffer = frameHeader(length, Http2FrameTypes.DATA, endStream ? Http2Flags.END_STREAM : 0, streamId);
        if (length < SLICE_FROM_BYTES) {
            buffer.writeBytes(source, length);
            handOverWhenFull();
        } else {
            handOver();
            ctx.write(source.readRetainedSlice(length), ctx.voidPromise());
        }
    }

    /** Writes an empty DATA frame that ends the stream. */
    void endStream(int streamId) {
        frameHeader(0, Http2FrameTypes.DATA, Http2Flags.END_STREAM, streamId);
    }

    private void handOverWhenFull() {
        ByteBuf buffer = out;
        if (buffer != null && buffer.readableBytes() >= HAND_OVER_BYTES) {
            handOver();
        }
    }

    /** Bytes that have not reached the socket. */
    long pendingBytes() {
        ByteBuf buffer = out;
        var outbound = ctx.channel().unsafe().outboundBuffer();
        return (buffer == null ? 0 : buffer.readableBytes())
                + (outbound == null ? 0 : outbound.totalPendingWriteBytes());
    }
}
