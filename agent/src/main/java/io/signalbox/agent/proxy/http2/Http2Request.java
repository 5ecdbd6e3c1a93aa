package io.signalbox.agent.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.signalbox.agent.model.UpstreamProtocol;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Resend;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to an endpoint: what connections and pools know of it. It is a caller's ({@link Http2Exchange}),
 * a copy of one ({@link Http2Mirror}), or that of a caller who speaks HTTP/1.1 ({@link Http2Call}). Confined to the
 * event loop.
 */
abstract sealed class Http2Request permits Http2Exchange, Http2Mirror, Http2Call {
    private static final int FIRST_STREAM_ID = 1;

    final LoopContext loop;
    final Half request = new Half(this);
    final Half response = new Half(this);

    private @Nullable UpstreamEndpoint endpoint;
    private @Nullable Http2Pool waitingIn;
    private @Nullable TranslatedAttempt translated;

    Http2Request(LoopContext loop) {
        this.loop = loop;
    }

    /** The header block that goes upstream. */
    abstract HeaderBlock head();

    // ---- a stream to the endpoint ---------------------------------------------------------------------------------

    /**
     * Sends the request to an endpoint, on which it counts as started.
     *
     * @param protocol that the endpoint speaks
     * @param onNewConnection whether, in HTTP/1.1, a connection that was used before will not do
     */
    final void submit(UpstreamEndpoint picked, UpstreamProtocol protocol, boolean onNewConnection) {
        endpoint = picked;
        if (protocol == UpstreamProtocol.HTTP1) {
            TranslatedAttempt attempt = new TranslatedAttempt(this, picked);
            translated = attempt;
            attempt.start(onNewConnection);
        } else {
            awaitStream(picked);
        }
    }

    /** Asks for a stream to an endpoint. */
    final void awaitStream(UpstreamEndpoint picked) {
        Http2Pool pool = picked.http2Pool(loop, Http2Pool::new);
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
        if (!end && request.sink == upstream) {
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
        if (translated != null) {
            TranslatedAttempt left = translated;
            translated = null;
            left.cancel();
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

    // ---- what connections and pools tell --------------------------------------------------------------------------

    /** The head has been sent upstream. */
    abstract void onOpened();

    /** Response headers or trailers came. */
    abstract void onResponseHeaders(HeaderBlock block, boolean endStream) throws Http2Exception;

    /** No connection could be opened. */
    final void onConnectFailed() {
        failed(AttemptFailure.CONNECT_FAILURE, LocalReply.CONNECT_FAILED, Resend.NEVER);
    }

    /** As many requests wait for a connection as may. */
    final void onOverflow() {
        waitingIn = null;
        refused(LocalReply.OVERFLOW);
    }

    /** The endpoint offers no tunnels of other protocols. */
    final void onTunnelNotOffered() {
        waitingIn = null;
        refused(LocalReply.WEBSOCKET_REFUSED);
    }

    /** The endpoint says that it will not look at the stream, since it is about to close the connection. */
    final void onLeftOut() {
        failed(AttemptFailure.REFUSED_STREAM, LocalReply.UPSTREAM_RESET, Resend.ANYHOW);
    }

    /** The upstream connection broke: whether the request was processed nobody knows. */
    final void onUpstreamClosed() {
        if (response.endReceived) {
            detachUpstream();
            finishIfDone();
        } else {
            boolean usedBefore = request.sinkId > FIRST_STREAM_ID;
            failed(AttemptFailure.RESET, LocalReply.UPSTREAM_CLOSED, usedBefore ? Resend.IF_IDEMPOTENT : Resend.NEVER);
        }
    }

    /** The endpoint reset the stream. */
    final void onUpstreamReset(long errorCode) {
        if (response.endReceived) {
            // A complete response with the rest of the request not wanted (RFC 9113 section 8.1).
            detachUpstream();
            finishIfDone();
        } else {
            reset(errorCode);
        }
    }

    /** The endpoint sent what no response may contain. */
    final void onUpstreamMalformed() {
        resetUpstream(Http2Error.PROTOCOL_ERROR);
        failed(AttemptFailure.RESET, LocalReply.UPSTREAM_MALFORMED, Resend.NEVER);
    }

    /** The endpoint reset the stream before the end of the response. */
    void reset(long errorCode) {
        failed(
                errorCode == Http2Error.REFUSED_STREAM.code() ? AttemptFailure.REFUSED_STREAM : AttemptFailure.RESET,
                LocalReply.UPSTREAM_RESET,
                Resend.NEVER);
    }

    /**
     * There is no response, or no more of it.
     *
     * @param reply for a caller who gets no other attempt
     */
    abstract void failed(AttemptFailure failure, LocalReply reply, Resend resend);

    /** The request cannot go out, and would not elsewhere. */
    abstract void refused(LocalReply reply);

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

    /** Keeps trailers that are about to be sent, and are not changed any more. */
    abstract void keepForRetry(HeaderBlock trailers);
}
