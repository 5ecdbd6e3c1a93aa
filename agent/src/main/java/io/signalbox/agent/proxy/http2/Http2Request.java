package io.signalbox.agent.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to an endpoint: what connections and pools know of it. It is a caller's ({@link Http2Exchange})
 * or a copy of one ({@link Http2Mirror}). Confined to the event loop.
 */
abstract sealed class Http2Request permits Http2Exchange, Http2Mirror {
    final LoopContext loop;
    final Half request = new Half(this);
    final Half response = new Half(this);

    private @Nullable UpstreamEndpoint endpoint;
    private @Nullable Http2Pool waitingIn;

    Http2Request(LoopContext loop) {
        this.loop = loop;
    }

    /** The header block that goes upstream. */
    abstract HeaderBlock head();

    // ---- a stream to the endpoint ---------------------------------------------------------------------------------

    /** Asks for a stream to an endpoint, on which the request counts as started. */
    final void submit(UpstreamEndpoint picked) {
        endpoint = picked;
        Http2Pool pool = picked.http2Pool(e -> new Http2Pool(loop, e));
        waitingIn = pool;
        pool.submit(this);
    }

    /** An upstream connection has room: opens a stream on it and sends what is there. */
    final void openUpstream(Http2Upstream upstream, int streamId) throws Http2Exception {
        waitingIn = null;
        request.sink = upstream;
        request.sinkId = streamId;
        request.sendWindow = upstream.peerInitialWindow;
        response.source = upstream;
        response.sourceId = streamId;
        response.receiveWindow = FlowControl.STREAM_WINDOW;
        boolean end = request.endReceived && request.queue.isEmpty() && request.waitingTrailers == null;
        request.endSent = end;
        upstream.writer().headers(streamId, head(), end);
        onOpened();
        if (!end) {
            upstream.flow().pump(request);
        }
    }

    /** Resets the upstream stream, where there is one that has not ended. */
    final void resetUpstream(Http2Error error) {
        Http2Connection<?> upstream = request.sink;
        if (upstream != null && !upstream.ended) {
            upstream.writer().resetStream(request.sinkId, error.code());
        }
        detachUpstream();
    }

    /** Lets go of the upstream stream; what came from it and waits for the caller stays. */
    final void detachUpstream() {
        if (waitingIn != null) {
            waitingIn.cancel(this);
            waitingIn = null;
        }
        Http2Connection<?> upstream = request.sink;
        if (upstream != null) {
            upstream.flow().unblock(request);
            upstream.streams.remove(request.sinkId);
            request.sink = null;
            response.source = null;
            ((Http2Upstream) upstream).streamEnded();
        }
        if (endpoint != null) {
            UpstreamEndpoint left = endpoint;
            endpoint = null;
            left.requestEnded();
        }
    }

    /** The pool no longer holds the request. */
    final void leftPool() {
        waitingIn = null;
    }

    // ---- what connections and pools tell --------------------------------------------------------------------------

    /** The head has been sent upstream. */
    abstract void onOpened();

    /** Response headers or trailers came. */
    abstract void onResponseHeaders(HeaderBlock block, boolean endStream) throws Http2Exception;

    /** No connection could be opened. */
    abstract void onConnectFailed();

    /** As many requests wait for a connection as may. */
    abstract void onOverflow();

    /** The endpoint says that it will not look at the stream, since it is about to close the connection. */
    abstract void onLeftOut();

    /** The upstream connection broke: whether the request was processed nobody knows. */
    abstract void onUpstreamClosed();

    /** The endpoint reset the stream. */
    abstract void onUpstreamReset(long errorCode);

    /** A peer broke a rule of this stream: it and the stream on the other side end. */
    abstract void abort(Http2Connection<?> offender, Http2Error error);

    /** Ends when both directions have, or when the upstream side is gone and the response is out. */
    abstract void finishIfDone();

    // ---- what flow control tells ----------------------------------------------------------------------------------

    /** Bytes of a body have come, and are about to go on. */
    abstract void onData(Half half, ByteBuf in, int length);

    /** A body has come to its end. */
    abstract void onEndReceived(Half half);

    /** Whether what is sent must be kept. */
    abstract boolean keepsForRetry(Half half);

    /** Keeps bytes that are about to be sent. */
    abstract void keepForRetry(ByteBuf in, int length);
}
