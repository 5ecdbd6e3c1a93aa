package io.signalbox.agent.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.INTERNAL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Exception.connectionError;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.signalbox.agent.model.ConnectionPool;
import io.signalbox.agent.proxy.LoopContext;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;

/** Our HTTP/2 connection to an endpoint. Its streams may belong to many callers. Confined to its event loop. */
final class Http2Upstream extends Http2Connection<Http2Request> {
    /** Stream numbers end at 2^31-1; a connection that comes near is not used for new streams. */
    private static final int LAST_STREAM_ID = Integer.MAX_VALUE - 2;

    private final Http2Pool pool;
    private final ConnectionPool settings;
    private final long openedNanos;
    private final int lastStreamId;
    private int nextStreamId = 1;
    private long peerMaxStreams;
    private boolean offersTunnels;
    private boolean ready;
    private boolean closing;

    Http2Upstream(LoopContext loop, Http2Pool pool, ConnectionPool settings) {
        super(loop, false);
        this.pool = pool;
        this.settings = settings;
        this.openedNanos = loop.nanos();
        int most = settings.maxRequestsPerConnection();
        this.lastStreamId = most == 0 ? LAST_STREAM_ID : (int) Math.min(LAST_STREAM_ID, 2L * most - 1);
        this.peerMaxStreams = ownLimit();
    }

    private long ownLimit() {
        return settings.maxConcurrentStreams() == 0 ? Integer.MAX_VALUE : settings.maxConcurrentStreams();
    }

    /** Whether another stream may be opened. */
    boolean hasRoom() {
        return ready && !closing && !ended && streams.size() < peerMaxStreams && nextStreamId <= lastStreamId;
    }

    /** Opens a stream for an exchange. What the endpoint does not offer is not asked for (RFC 8441 section 3). */
    void open(Http2Request exchange) {
        if (exchange.head().isExtendedConnect() && !offersTunnels) {
            exchange.onTunnelNotOffered();
            return;
        }
        int streamId = nextStreamId;
        nextStreamId += 2;
        streams.put(streamId, exchange);
        lastActiveTick = loop.tick();
        try {
            exchange.openUpstream(this, streamId);
        } catch (Http2Exception e) {
            fail(INTERNAL_ERROR, "cannot encode a request");
        }
        if (nextStreamId > lastStreamId) {
            closing = true;
            pool.leave(this);
            streamEnded();
        }
    }

    /** Takes no new streams, and closes when the last has ended. */
    void closeWhenIdle() {
        closing = true;
        if (streams.isEmpty() && !ended) {
            ended = true;
            writer().goAway(0, NO_ERROR, "");
            writer().flushAndClose();
        }
    }

    /** A stream of this connection may have ended. */
    void streamEnded() {
        if (ended) {
            return;
        }
        if (closing) {
            if (streams.isEmpty()) {
                closeWhenIdle();
            }
        } else {
            pool.onRoom(this);
        }
    }

    /** Whether the peer's settings came, so that streams were possible. */
    boolean wasReady() {
        return ready;
    }

    boolean hasNoStreams() {
        return streams.isEmpty();
    }

    boolean isIdleSince(int tick, int idleTicks) {
        return streams.isEmpty() && tick - lastActiveTick >= idleTicks;
    }

    /** Whether it has lived as long as a connection of its backend may. */
    boolean isTooOld() {
        int most = settings.maxConnectionDurationMillis();
        return most > 0 && loop.nanos() - openedNanos >= TimeUnit.MILLISECONDS.toNanos(most);
    }

    @Override
    void sendPreface(FrameWriter writer) {
        ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
        byte[] bytes = new byte[preface.readableBytes()];
        preface.readBytes(bytes);
        preface.release();
        writer.bytes(bytes);
        writer.settings(
                SETTINGS_ENABLE_PUSH,
                0,
                SETTINGS_INITIAL_WINDOW_SIZE,
                FlowControl.STREAM_WINDOW,
                SETTINGS_MAX_HEADER_LIST_SIZE,
                loop.limits().maxHeaderBytes());
    }

    @Override
    void onReady() {
        ready = true;
        pool.onReady(this);
    }

    @Override
    void onSetting(int id, long value) throws Http2Exception {
        if (id == SETTINGS_ENABLE_CONNECT_PROTOCOL) {
            if (value > 1 || (value == 0 && offersTunnels)) {
                throw connectionError(PROTOCOL_ERROR, "SETTINGS_ENABLE_CONNECT_PROTOCOL %d", value);
            }
            offersTunnels = value == 1;
        } else if (id == SETTINGS_MAX_CONCURRENT_STREAMS) {
            peerMaxStreams = Math.min(value, ownLimit());
            if (ready) {
                pool.onRoom(this);
            }
        }
    }

    @Override
    void received(int bytes) {
        // counted per downstream connection
    }

    @Override
    void sent(int bytes) {
        // counted per downstream connection
    }

    @Override
    Half receivingHalf(Http2Request exchange) {
        return exchange.response;
    }

    @Override
    Half sendingHalf(Http2Request exchange) {
        return exchange.request;
    }

    @Override
    boolean isIdle(int streamId) {
        return streamId >= nextStreamId || (streamId & 1) == 0;
    }

    @Override
    int lastPeerStreamId() {
        return 0;
    }

    @Override
    public void headers(int streamId, ByteBuf block, boolean endStream) throws Http2Exception {
        if (isIdle(streamId)) {
            throw connectionError(PROTOCOL_ERROR, "HEADERS on stream %d that was not opened", streamId);
        }
        Http2Request exchange = streams.get(streamId);
        try {
            hpack.decode(streamId, block, scratch);
        } catch (Http2Exception.StreamException e) {
            if (exchange != null) {
                exchange.abort(this, PROTOCOL_ERROR);
            }
            return;
        }
        if (exchange != null) {
            exchange.onResponseHeaders(scratch, endStream);
        }
    }

    @Override
    void onReset(Http2Request exchange, long errorCode) {
        exchange.onUpstreamReset(errorCode);
    }

    /**
     * The endpoint stops: streams beyond the last that it names were not processed and go elsewhere; the others go on.
     * A first GOAWAY with the greatest number, as graceful servers send it, only means that no new streams are wanted.
     */
    @Override
    public void goAway(int lastStreamId, long errorCode, String debug) {
        closing = true;
        pool.leave(this);
        for (Http2Request exchange : new ArrayList<>(streams.values())) {
            if (exchange.request.sink == this && exchange.request.sinkId > lastStreamId) {
                exchange.onLeftOut();
            }
        }
        if (streams.isEmpty()) {
            closeWhenIdle();
        }
    }

    @Override
    void onPingAck(long content) {
        // we send no pings to endpoints
    }

    @Override
    void onClosed() {
        closing = true;
        pool.leave(this);
        for (Http2Request exchange : new ArrayList<>(streams.values())) {
            if (exchange.request.sink == this) {
                exchange.onUpstreamClosed();
            }
        }
        pool.closed(this);
    }
}
