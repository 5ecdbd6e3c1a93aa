package io.signalbox.agent.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.CANCEL;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.proxy.CallListener;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Resend;
import io.signalbox.agent.proxy.UpstreamCall;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * A request of a caller who does not speak HTTP/2, on a stream of its own. What waits of it for the endpoint is bounded
 * by the one who sends, who looks at {@link #isWritable}; what waits of the response, by the stream's window.
 */
public final class Http2Call extends Http2Request implements UpstreamCall {
    private static final int MAX_WAITING_BYTES = 64 * 1024;

    private final UpstreamEndpoint endpoint;
    private final CallListener listener;
    private HeaderBlock head = new HeaderBlock();
    private boolean responded;
    private boolean tunnel;
    private boolean finished;

    public Http2Call(LoopContext loop, UpstreamEndpoint endpoint, CallListener listener) {
        super(loop);
        this.endpoint = endpoint;
        this.listener = listener;
        request.other = new ListenerEnd();
    }

    // ---- the request ----------------------------------------------------------------------------------------------

    @Override
    public void start(HeaderBlock requestHead, boolean complete, boolean onNewConnection) {
        head = requestHead;
        request.endReceived = complete;
        awaitStream(endpoint);
    }

    @Override
    HeaderBlock head() {
        return head;
    }

    @Override
    void onOpened() {
        listener.opened();
    }

    @Override
    public boolean isWritable() {
        return request.sink != null && request.queuedBytes < MAX_WAITING_BYTES;
    }

    @Override
    public void data(ByteBuf in, int length) {
        Http2Connection<?> upstream = request.sink;
        if (upstream == null || upstream.ended) {
            in.skipBytes(length);
        } else {
            upstream.flow().send(request, in, length);
        }
    }

    @Override
    public void end(@Nullable HeaderBlock trailers) {
        Http2Connection<?> upstream = request.sink;
        if (upstream == null || upstream.ended || request.endReceived) {
            return;
        }
        if (trailers == null) {
            FlowControl.relayEnd(request, loop);
            return;
        }
        try {
            FlowControl.relayTrailers(request, trailers, loop);
        } catch (Http2Exception e) {
            upstream.fail(e.error(), "cannot encode trailers");
        }
    }

    @Override
    public void cancel() {
        if (finished) {
            return;
        }
        finished = true;
        if (tunnel && response.endSent && request.endReceived) {
            // Both ends have said all: what waits for the endpoint still leaves.
            request.other = null;
            response.other = null;
            finishIfDone();
        } else if (response.endReceived && request.endSent) {
            leave();
        } else {
            discard();
            resetUpstream(CANCEL);
        }
    }

    private void leave() {
        discard();
        detachUpstream();
    }

    private void discard() {
        request.other = null;
        response.other = null;
        FlowControl.discard(request, loop);
        FlowControl.discard(response, loop);
    }

    // ---- the response ---------------------------------------------------------------------------------------------

    @Override
    void onResponseHeaders(HeaderBlock block, boolean endStream) throws Http2Exception {
        if (responded) {
            if (endStream && block.isTrailers() && !tunnel) {
                FlowControl.relayTrailers(response, block, loop);
            } else {
                onUpstreamMalformed();
            }
            return;
        }
        int code = block.isResponse() ? block.statusCode() : 0;
        boolean informational = code >= 100 && code < 200;
        if (code == 0 || code == 101 || (informational && endStream)) {
            onUpstreamMalformed();
        } else if (informational) {
            listener.interim(block);
        } else {
            responded = true;
            tunnel = head.isExtendedConnect() && code < 300;
            response.endReceived = endStream;
            response.endSent = endStream;
            response.other = request.other;
            listener.response(block, endStream);
            if (endStream) {
                finishIfDone();
            }
        }
    }

    @Override
    public void listenerChanged() {
        OtherEnd to = response.other;
        if (to != null) {
            FlowControl.pump(response, to, loop);
        }
    }

    @Override
    void finishIfDone() {
        if ((response.endSent && request.endSent) || (finished && request.sink == null)) {
            finished = true;
            leave();
        }
    }

    @Override
    void failed(AttemptFailure failure, LocalReply reply, Resend resend) {
        boolean told = finished;
        finished = true;
        leave();
        if (!told) {
            listener.failed(failure, reply, resend);
        }
    }

    @Override
    void refused(LocalReply reply) {
        boolean told = finished;
        finished = true;
        leave();
        if (!told) {
            listener.refused(reply);
        }
    }

    @Override
    void abort(Http2Connection<?> offender, Http2Error error) {
        resetUpstream(error);
        failed(AttemptFailure.RESET, LocalReply.UPSTREAM_MALFORMED, Resend.NEVER);
    }

    // ---- what the caller's side sees to ---------------------------------------------------------------------------

    @Override
    void onData(Half half, ByteBuf in, int length) {
        // copied there
    }

    @Override
    void onEndReceived(Half half) {
        // told there
    }

    @Override
    boolean keepsForRetry(Half half) {
        return false;
    }

    @Override
    void keepForRetry(ByteBuf in, int length) {
        throw new IllegalStateException("kept by the caller's side");
    }

    @Override
    void keepForRetry(HeaderBlock trailers) {
        throw new IllegalStateException("kept by the caller's side");
    }

    /** The listener as the end of both halves: where the response goes, and where the request comes from. */
    private final class ListenerEnd implements OtherEnd {
        @Override
        public boolean isWritable() {
            return listener.isWritable();
        }

        @Override
        public void data(ByteBuf in, int length) {
            listener.data(in, length);
        }

        @Override
        public void end(@Nullable HeaderBlock trailers) {
            listener.end(trailers);
        }

        @Override
        public void drained() {
            listener.writabilityChanged();
        }
    }
}
