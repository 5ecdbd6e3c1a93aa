package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.signalbox.agent.proxy.Flushable;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.stats.Counter;
import io.signalbox.agent.upstream.Upstreams;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is about to send. Small pieces are gathered in one buffer, large ones follow as slices of what was
 * read; all of it leaves when the loop has handled what its sockets had for it.
 */
final class Output {
    /** Pieces of a body below this are copied. */
    static final int COPY_BELOW_BYTES = 4 * 1024;

    private static final int BUFFER_BYTES = 2 * 1024;
    private static final int FULL_BUFFER_BYTES = 16 * 1024;

    private final LoopContext loop;
    private final Flushable owner;
    private final @Nullable Counter sentBytes;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable ByteBuf buffer;
    private boolean flushAsked;
    private boolean flushedAny;
    private boolean stopped;

    /**
     * @param owner calls {@link #flush} when it is asked to flush
     * @param sentBytes counts what is sent, null when nobody wants to know
     */
    Output(LoopContext loop, Flushable owner, @Nullable Counter sentBytes) {
        this.loop = loop;
        this.owner = owner;
        this.sentBytes = sentBytes;
    }

    /** The channel is there. Nothing may be written before. */
    void open(ChannelHandlerContext context) {
        ctx = context;
    }

    private ChannelHandlerContext ctx() {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new IllegalStateException("written to before the channel is there");
        }
        return context;
    }

    /** The buffer to append to now. Not to be kept: any other call may replace it. */
    ByteBuf buffer() {
        if (buffer == null) {
            buffer = ctx().alloc().buffer(BUFFER_BYTES);
        } else if (buffer.readableBytes() >= FULL_BUFFER_BYTES) {
            handOver();
            buffer = ctx().alloc().buffer(BUFFER_BYTES);
        }
        askFlush();
        return buffer;
    }

    /** Appends bytes of another buffer, whose reader index moves. */
    void write(ByteBuf in, int length) {
        if (stopped) {
            in.skipBytes(length);
            return;
        }
        // A slice keeps all of what it is cut from, so a part of a mostly empty buffer is copied too.
        if (length < COPY_BELOW_BYTES || length < in.capacity() / 2) {
            buffer().writeBytes(in, length);
        } else {
            handOver();
            send(in.readRetainedSlice(length));
            askFlush();
        }
    }

    private void askFlush() {
        if (!flushAsked) {
            flushAsked = true;
            loop.flushLater(owner);
        }
    }

    private void handOver() {
        ByteBuf full = buffer;
        if (full != null) {
            buffer = null;
            send(full);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a failure reaches exceptionCaught
    private void send(ByteBuf bytes) {
        if (sentBytes != null) {
            sentBytes.add(bytes.readableBytes());
        }
        ctx().write(bytes, ctx().voidPromise());
    }

    /** Sends what waits. */
    void flush() {
        flushAsked = false;
        if (stopped || !ctx().channel().isActive()) {
            discard();
            return;
        }
        flushedAny = true;
        handOver();
        ctx().flush();
    }

    /** Whether anything was flushed since {@link #forgetFlushed}: the peer may have seen it. */
    boolean hasFlushed() {
        return flushedAny;
    }

    void forgetFlushed() {
        flushedAny = false;
    }

    /** Whether the peer keeps up. */
    boolean isWritable() {
        return ctx().channel().isWritable();
    }

    /** Closes the connection when all has been sent. */
    void closeAfterwards() {
        afterwards(ChannelFutureListener.CLOSE);
    }

    /**
     * Says that nothing follows, when all has been sent.
     *
     * @param then runs after that
     */
    @SuppressWarnings("FutureReturnValueIgnored") // when it fails the connection is gone already
    void shutdownAfterwards(Runnable then) {
        afterwards(future -> {
            if (future.channel() instanceof DuplexChannel duplex && duplex.isActive()) {
                Upstreams.shutdownOutput(duplex);
            }
            then.run();
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the listener runs whatever becomes of it
    private void afterwards(ChannelFutureListener listener) {
        handOver();
        ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(listener);
    }

    /** Drops what waits and what follows: the peer takes no more. */
    void stop() {
        stopped = true;
        discard();
    }

    private void discard() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }
}
