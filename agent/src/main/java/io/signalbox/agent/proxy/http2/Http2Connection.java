package io.signalbox.agent.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;
import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.STREAM_CLOSED;
import static io.netty.handler.codec.http2.Http2Exception.connectionError;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.collection.IntObjectHashMap;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;
import java.io.IOException;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What both sides of the relay share: the channel, the peer's settings, and the end of a connection. RFC 9113 is
 * followed strictly: a peer that breaks it gets GOAWAY or RST_STREAM with the code that the section names. Confined to
 * its event loop.
 *
 * <p>Limits: {@value #MAX_CONTROL_FRAMES_PER_TICK} control frames per tick of the loop;
 * {@value #MAX_PENDING_BYTES_FOR_CONTROL} bytes of output that the peer does not take while it goes on asking for more.
 *
 * @param <S> what runs on a stream
 */
abstract sealed class Http2Connection<S extends Http2Request> extends ChannelInboundHandlerAdapter
        implements FrameListener permits Http2Downstream, Http2Upstream {
    static final int SETTINGS_HEADER_TABLE_SIZE = 1;
    static final int SETTINGS_ENABLE_PUSH = 2;
    static final int SETTINGS_MAX_CONCURRENT_STREAMS = 3;
    static final int SETTINGS_INITIAL_WINDOW_SIZE = 4;
    static final int SETTINGS_MAX_FRAME_SIZE = 5;
    static final int SETTINGS_MAX_HEADER_LIST_SIZE = 6;
    static final int SETTINGS_ENABLE_CONNECT_PROTOCOL = 8;
    private static final int MAX_CONTROL_FRAMES_PER_TICK = 20_000;
    private static final int MAX_PENDING_BYTES_FOR_CONTROL = 1024 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(Http2Connection.class);

    final LoopContext loop;
    final HpackCodec hpack;
    final HeaderBlock scratch = new HeaderBlock();
    final IntObjectHashMap<S> streams = new IntObjectHashMap<>();

    private final FrameReader reader;
    private final FlowControl flow;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable FrameWriter writer;
    int peerInitialWindow = FlowControl.DEFAULT_WINDOW;
    private boolean settingsReceived;
    private int controlFrames;
    private int controlFramesTick;
    int lastActiveTick;

    /** Set once nothing more is read: after a connection error, or when the channel is closed. */
    boolean ended;

    private boolean released;

    /** @param expectsPreface whether the peer is a client */
    Http2Connection(LoopContext loop, boolean expectsPreface) {
        this.loop = loop;
        this.hpack = new HpackCodec(loop.limits().maxHeaderBytes());
        this.flow = new FlowControl(this, loop);
        this.reader = new FrameReader(this, loop.limits().maxHeaderBytes(), expectsPreface);
    }

    // ---- what the two sides do differently ------------------------------------------------------------------------

    /** Sends what a connection begins with. */
    abstract void sendPreface(FrameWriter writer);

    /** The peer's first SETTINGS came. */
    abstract void onReady();

    abstract void onSetting(int id, long value) throws Http2Exception;

    /** The half of an exchange whose bytes come in on this connection. */
    abstract Half receivingHalf(S exchange);

    /** The half of an exchange whose bytes go out on this connection. */
    abstract Half sendingHalf(S exchange);

    /** Whether a stream of this number has never been opened. */
    abstract boolean isIdle(int streamId);

    abstract void onReset(S exchange, long errorCode) throws Http2Exception;

    abstract void onPingAck(long content);

    /** The channel is closed or failed; streams that still run must end. */
    abstract void onClosed();

    abstract int lastPeerStreamId();

    // ---- channel --------------------------------------------------------------------------------------------------

    /** Whether the connection was ever open. */
    final boolean wasConnected() {
        return writer != null;
    }

    final ChannelHandlerContext ctx() {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new IllegalStateException("not added to a pipeline");
        }
        return context;
    }

    final FlowControl flow() {
        return flow;
    }

    final FrameWriter writer() {
        FrameWriter frames = writer;
        if (frames == null) {
            throw new IllegalStateException("not active");
        }
        return frames;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        if (context.channel().isActive()) {
            begin();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        begin();
    }

    private void begin() {
        lastActiveTick = loop.tick();
        FrameWriter frames = new FrameWriter(loop, ctx(), hpack);
        writer = frames;
        sendPreface(frames);
        frames.windowUpdate(0, FlowControl.CONNECTION_WINDOW - FlowControl.DEFAULT_WINDOW);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (ended) {
            in.release();
            return;
        }
        lastActiveTick = loop.tick();
        received(in.readableBytes());
        try {
            reader.read(in, context.alloc());
        } catch (Http2Exception e) {
            fail(e.error(), String.valueOf(e.getMessage()));
        }
    }

    /** Counts bytes that came from the peer. */
    abstract void received(int bytes);

    /** Counts body bytes that go to the peer. */
    abstract void sent(int bytes);

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable() && !ended) {
            flow.serveBlocked();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            // HTTP/2 has no half-closed connections: without input there are no window updates and no new streams.
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("connection failed: channel={} reason={}", context.channel(), cause.toString());
        } else {
            LOG.error("bug in the HTTP/2 relay, closing the connection: channel={}", context.channel(), cause);
        }
        context.close();
    }

    private void end() {
        ended = true;
        if (released) {
            return;
        }
        released = true;
        onClosed();
        reader.stop();
        if (writer != null) {
            writer.release();
        }
        hpack.close();
    }

    /** Ends the connection with an error of the peer's making (RFC 9113 section 5.4.1). */
    final void fail(Http2Error error, String reason) {
        if (ended) {
            return;
        }
        LOG.debug("closing connection: channel={} error={} reason={}", ctx().channel(), error, reason);
        loop.stats().protocolErrors.increment();
        ended = true;
        reader.stop();
        writer().goAway(lastPeerStreamId(), error, reason);
        writer().flushAndClose();
    }

    // ---- frames ---------------------------------------------------------------------------------------------------

    /** Frames that cost us work and bring nothing are bounded (CVE-2019-9512, CVE-2019-9515, CVE-2019-9518). */
    @Override
    public final void controlFrame() throws Http2Exception {
        if (controlFramesTick != loop.tick()) {
            controlFramesTick = loop.tick();
            controlFrames = 0;
        }
        if (++controlFrames > MAX_CONTROL_FRAMES_PER_TICK) {
            throw connectionError(ENHANCE_YOUR_CALM, "too many control frames");
        }
        if (!writer().isWritable() && writer().pendingBytes() > MAX_PENDING_BYTES_FOR_CONTROL) {
            throw connectionError(ENHANCE_YOUR_CALM, "control frames while output is not read");
        }
    }

    /** Takes the whole frame, padding included, out of the windows that we gave (section 6.9.1). */
    @Override
    public final void dataFrame(int streamId, int length) throws Http2Exception {
        if (isIdle(streamId)) {
            throw connectionError(PROTOCOL_ERROR, "DATA on idle stream %d", streamId);
        }
        flow.received(length);
        S exchange = streams.get(streamId);
        if (exchange == null) {
            return; // a stream that we have reset: what was on its way is dropped
        }
        Half half = receivingHalf(exchange);
        if (half.endReceived) {
            throw connectionError(STREAM_CLOSED, "DATA after the end of stream %d", streamId);
        }
        half.receiveWindow -= length;
        if (half.receiveWindow < 0) {
            exchange.abort(this, FLOW_CONTROL_ERROR);
        }
    }

    @Override
    public final void padding(int streamId, int length) {
        flow.returnConnectionCredit(length);
        S exchange = streams.get(streamId);
        if (exchange != null) {
            flow.returnStreamCredit(receivingHalf(exchange), length);
        }
    }

    @Override
    public final void data(int streamId, ByteBuf in, int length, boolean endStream) {
        S exchange = streams.get(streamId);
        if (exchange == null) {
            in.skipBytes(length);
            flow.returnConnectionCredit(length);
        } else {
            flow.relayData(receivingHalf(exchange), in, length, endStream);
        }
    }

    @Override
    public final void endOfData(int streamId) {
        S exchange = streams.get(streamId);
        if (exchange != null) {
            FlowControl.relayEnd(receivingHalf(exchange), loop);
        }
    }

    @Override
    public final void reset(int streamId, long errorCode) throws Http2Exception {
        if (isIdle(streamId)) {
            throw connectionError(PROTOCOL_ERROR, "RST_STREAM for idle stream %d", streamId);
        }
        S exchange = streams.get(streamId);
        if (exchange != null) {
            onReset(exchange, errorCode);
        }
    }

    @Override
    public final void ping(long content, boolean ack) {
        if (ack) {
            onPingAck(content);
        } else {
            writer().ping(content, true);
        }
    }

    // ---- the peer's settings and windows --------------------------------------------------------------------------

    @Override
    public final void settingsDone() {
        writer().settingsAck();
        if (!settingsReceived) {
            settingsReceived = true;
            onReady();
        }
    }

    @Override
    public final void setting(int id, long value) throws Http2Exception {
        switch (id) {
            case SETTINGS_HEADER_TABLE_SIZE -> hpack.peerHeaderTableSize(Math.min(value, 4096));
            case SETTINGS_INITIAL_WINDOW_SIZE -> initialWindow(value);
            case SETTINGS_MAX_FRAME_SIZE -> {
                if (value < FrameWriter.DEFAULT_MAX_FRAME_BYTES || value > 0xffffff) {
                    throw connectionError(PROTOCOL_ERROR, "SETTINGS_MAX_FRAME_SIZE %d", value);
                }
                writer().peerMaxFrameBytes((int) value);
            }
            case SETTINGS_ENABLE_PUSH -> {
                if (value > 1) {
                    throw connectionError(PROTOCOL_ERROR, "SETTINGS_ENABLE_PUSH %d", value);
                }
            }
            default -> onSetting(id, value);
        }
    }

    /** A new initial window changes the windows of all open streams by the difference (section 6.9.2). */
    private void initialWindow(long value) throws Http2Exception {
        if (value > Integer.MAX_VALUE) {
            throw connectionError(FLOW_CONTROL_ERROR, "SETTINGS_INITIAL_WINDOW_SIZE %d", value);
        }
        int change = (int) value - peerInitialWindow;
        peerInitialWindow = (int) value;
        for (S exchange : new ArrayList<>(streams.values())) {
            Half half = sendingHalf(exchange);
            if (half.sendWindow + (long) change > Integer.MAX_VALUE) {
                throw connectionError(FLOW_CONTROL_ERROR, "window of stream %d overflows", half.sinkId);
            }
            half.sendWindow += change;
            if (change > 0 && half.sink == this && half.queuedBytes > 0) {
                flow.pump(half);
            }
        }
    }

    @Override
    public final void windowUpdate(int streamId, int increment) throws Http2Exception {
        if (streamId == 0) {
            flow.connectionWindowUpdate(increment);
            return;
        }
        S exchange = streams.get(streamId);
        if (exchange == null) {
            if (isIdle(streamId)) {
                throw connectionError(PROTOCOL_ERROR, "WINDOW_UPDATE on idle stream %d", streamId);
            }
            return; // a stream that has ended
        }
        Half half = sendingHalf(exchange);
        if (increment == 0) {
            exchange.abort(this, PROTOCOL_ERROR);
        } else if (half.sendWindow + (long) increment > Integer.MAX_VALUE) {
            exchange.abort(this, FLOW_CONTROL_ERROR);
        } else {
            half.sendWindow += increment;
            if (half.sink == this && half.queuedBytes > 0) {
                flow.pump(half);
            }
        }
    }
}
