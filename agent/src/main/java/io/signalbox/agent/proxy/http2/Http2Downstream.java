package io.signalbox.agent.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.REFUSED_STREAM;
import static io.netty.handler.codec.http2.Http2Error.STREAM_CLOSED;
import static io.netty.handler.codec.http2.Http2Exception.connectionError;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.AsciiString;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.proxy.ConnectionReport;
import io.signalbox.agent.proxy.DownstreamConnection;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Origin;
import io.signalbox.agent.proxy.RequestRouter;
import io.signalbox.agent.routing.RequestDecision;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A caller's HTTP/2 connection: every stream of it is routed and balanced on its own. Confined to its event loop.
 *
 * <p>A caller that opens and resets streams again and again (CVE-2023-44487) is cut off: once
 * {@value #RESETS_BEFORE_JUDGEMENT} streams were reset before their response, and they are more than half of all
 * streams.
 */
public final class Http2Downstream extends Http2Connection<Http2Exchange> implements DownstreamConnection {
    private static final int RESETS_BEFORE_JUDGEMENT = 500;
    private static final int EXCHANGES_KEPT = 64;

    /** Ticks without a byte after which nothing is kept for the next request. */
    private static final int TICKS_BEFORE_TRIM = 2;

    private static final long DRAIN_PING = 0x5369676e616c626fL;

    private final Origin origin;
    private final RequestRouter router;
    private @Nullable Http2Exchange free;
    private int freeExchanges;
    private int lastStreamId;
    private long requests;
    private long earlyResets;

    private enum Drain {
        NO,
        /** The caller was told that we will stop; streams that it has opened meanwhile are still taken. */
        ANNOUNCED,
        /** The last stream is named; later ones are refused. */
        LAST_STREAM_NAMED
    }

    private Drain drain = Drain.NO;
    private int drainLastStreamId;

    public Http2Downstream(LoopContext loop, Origin origin) {
        super(loop, true);
        this.origin = origin;
        this.router = new RequestRouter(loop, origin);
        loop.opened(this);
        loop.stats().connectionsHttp2.increment();
    }

    Origin origin() {
        return origin;
    }

    // ---- connection -----------------------------------------------------------------------------------------------

    @Override
    void sendPreface(FrameWriter writer) {
        writer.settings(
                SETTINGS_MAX_CONCURRENT_STREAMS,
                loop.limits().maxConcurrentStreams(),
                SETTINGS_INITIAL_WINDOW_SIZE,
                FlowControl.STREAM_WINDOW,
                SETTINGS_MAX_HEADER_LIST_SIZE,
                loop.limits().maxHeaderBytes(),
                SETTINGS_ENABLE_CONNECT_PROTOCOL,
                1);
        if (loop.isDraining()) {
            drain();
        }
    }

    @Override
    void onReady() {
        // Streams are opened by the caller; nothing waits for its settings.
    }

    @Override
    void onSetting(int id, long value) throws Http2Exception {
        if (id == SETTINGS_ENABLE_CONNECT_PROTOCOL && value > 1) {
            throw connectionError(PROTOCOL_ERROR, "SETTINGS_ENABLE_CONNECT_PROTOCOL %d", value);
        }
        // MAX_CONCURRENT_STREAMS of a client limits pushes, which we do not make; the rest is unknown or advice.
    }

    @Override
    void received(int bytes) {
        loop.stats().downstreamBytesReceived.add(bytes);
    }

    @Override
    void sent(int bytes) {
        loop.stats().downstreamBytesSent.add(bytes);
    }

    @Override
    Half receivingHalf(Http2Exchange exchange) {
        return exchange.request;
    }

    @Override
    Half sendingHalf(Http2Exchange exchange) {
        return exchange.response;
    }

    @Override
    boolean isIdle(int streamId) {
        return streamId > lastStreamId || (streamId & 1) == 0;
    }

    @Override
    int lastPeerStreamId() {
        return lastStreamId;
    }

    @Override
    public void goAway(int lastId, long errorCode, String debug) {
        // The caller will close when its streams have ended.
    }

    @Override
    void onClosed() {
        loop.closed(this);
        for (Http2Exchange exchange : new ArrayList<>(streams.values())) {
            if (exchange.response.sink == this) {
                exchange.onDownstreamGone();
            }
        }
    }

    // ---- streams --------------------------------------------------------------------------------------------------

    @Override
    public void headers(int streamId, ByteBuf block, boolean endStream) throws Http2Exception {
        if ((streamId & 1) == 0) {
            throw connectionError(PROTOCOL_ERROR, "HEADERS on stream %d (expected: an odd number)", streamId);
        }
        if (streamId <= lastStreamId) {
            onTrailers(streamId, block, endStream);
            return;
        }
        lastStreamId = streamId;
        Http2Exchange exchange = free;
        if (exchange == null) {
            exchange = new Http2Exchange(loop, this);
        } else {
            free = exchange.nextFree;
            exchange.nextFree = null;
            freeExchanges--;
        }
        LocalReply refusal = decodeHead(streamId, block, exchange.headers.block);
        exchange.headers.read();
        if (ended) {
            return;
        }
        if (refusal == null && (streams.size() >= loop.limits().maxConcurrentStreams() || isRefusedByDrain(streamId))) {
            writer().resetStream(streamId, REFUSED_STREAM.code());
            recycle(exchange);
            return;
        }
        requests++;
        streams.put(streamId, exchange);
        exchange.open(streamId, peerInitialWindow, endStream);
        if (refusal != null) {
            loop.stats().badRequests.increment();
            exchange.flow().reply(refusal);
        } else {
            route(exchange);
        }
    }

    private boolean isRefusedByDrain(int streamId) {
        return drain == Drain.LAST_STREAM_NAMED && streamId > drainLastStreamId;
    }

    /** Reads the head; returns what to answer when it is not that of a request. */
    private @Nullable LocalReply decodeHead(int streamId, ByteBuf block, HeaderBlock head) throws Http2Exception {
        try {
            hpack.decode(streamId, block, head);
        } catch (Http2Exception.HeaderListSizeException e) {
            return LocalReply.HEAD_TOO_LARGE;
        } catch (Http2Exception.StreamException e) {
            return LocalReply.badRequest(String.valueOf(e.getMessage()));
        }
        AsciiString method = head.method();
        AsciiString protocol = head.protocol();
        if (method != null && method.equals(HeaderBlock.CONNECT) && protocol == null) {
            return LocalReply.CONNECT_REFUSED;
        }
        if (!head.isRequest()) {
            return LocalReply.badRequest("missing, doubled or wrong pseudo-header fields");
        }
        if (protocol != null && !protocol.contentEqualsIgnoreCase(HeaderBlock.WEBSOCKET)) {
            return LocalReply.PROTOCOL_REFUSED;
        }
        AsciiString host = head.get(HeaderBlock.HOST);
        AsciiString authority = head.authority();
        if (host == null && (authority == null || authority.isEmpty())) {
            return LocalReply.badRequest("no :authority and no Host");
        }
        if (host != null && authority != null && !host.contentEqualsIgnoreCase(authority)) {
            return LocalReply.badRequest("Host and :authority differ");
        }
        return null;
    }

    private void route(Http2Exchange exchange) {
        RequestDecision decision = router.decide(exchange.headers);
        if (decision.kind() == RequestDecision.Kind.PASSTHROUGH) {
            exchange.passThrough(loop.upstreams().endpoint(origin.destinationEndpoint()));
        } else {
            exchange.follow(router, decision);
        }
    }

    private void onTrailers(int streamId, ByteBuf block, boolean endStream) throws Http2Exception {
        Http2Exchange exchange = streams.get(streamId);
        try {
            hpack.decode(streamId, block, scratch);
        } catch (Http2Exception.StreamException e) {
            if (exchange != null) {
                exchange.abort(this, PROTOCOL_ERROR);
            }
            return;
        }
        if (exchange == null) {
            writer().resetStream(streamId, STREAM_CLOSED.code());
        } else if (exchange.request.endReceived) {
            throw connectionError(STREAM_CLOSED, "HEADERS after the end of stream %d", streamId);
        } else if (!endStream || !scratch.isTrailers() || exchange.asksForTunnel()) {
            exchange.abort(this, PROTOCOL_ERROR);
        } else {
            FlowControl.relayTrailers(exchange.request, scratch, loop);
        }
    }

    @Override
    void onReset(Http2Exchange exchange, long errorCode) throws Http2Exception {
        boolean early = !exchange.hasResponded();
        exchange.onDownstreamGone();
        if (early && ++earlyResets > RESETS_BEFORE_JUDGEMENT && earlyResets * 2 > requests) {
            throw connectionError(ENHANCE_YOUR_CALM, "most streams were reset before their response");
        }
    }

    /** An exchange has ended: its stream is forgotten and the object used again. */
    void exchangeEnded(Http2Exchange exchange) {
        streams.remove(exchange.response.sinkId);
        recycle(exchange);
        if (drain == Drain.LAST_STREAM_NAMED && streams.isEmpty() && !ended) {
            writer().flushAndClose();
        }
    }

    private void recycle(Http2Exchange exchange) {
        exchange.reset();
        if (freeExchanges < EXCHANGES_KEPT) {
            exchange.nextFree = free;
            free = exchange;
            freeExchanges++;
        }
    }

    // ---- operations -----------------------------------------------------------------------------------------------

    @Override
    public ConnectionReport report() {
        return new ConnectionReport(
                origin.peerText(),
                origin.destinationText(),
                "http2",
                origin.workloadName(),
                origin.ageMillis(loop.nanos()),
                streams.size(),
                requests);
    }

    /**
     * Tells the caller to go elsewhere without losing a stream: first that we will stop, then, when it must have read
     * that, which stream is the last (RFC 9113 section 6.8).
     */
    @Override
    public void drain() {
        if (drain == Drain.NO && !ended) {
            drain = Drain.ANNOUNCED;
            writer().goAway(Integer.MAX_VALUE, NO_ERROR, "draining");
            writer().ping(DRAIN_PING, false);
        }
    }

    @Override
    void onPingAck(long content) {
        if (content == DRAIN_PING && drain == Drain.ANNOUNCED) {
            drain = Drain.LAST_STREAM_NAMED;
            drainLastStreamId = lastStreamId;
            writer().goAway(lastStreamId, NO_ERROR, "draining");
            if (streams.isEmpty()) {
                writer().flushAndClose();
            }
        }
    }

    @Override
    public void closeNow() {
        ctx().close();
    }

    @Override
    public void closeIfIdle(int tick, int idleTicks) {
        if (!streams.isEmpty() || tick - lastActiveTick < TICKS_BEFORE_TRIM) {
            return;
        }
        free = null;
        freeExchanges = 0;
        scratch.trim();
        if (tick - lastActiveTick >= idleTicks) {
            drain();
            if (tick - lastActiveTick > idleTicks) {
                closeNow(); // it did not answer the ping of the drain
            }
        }
    }
}
