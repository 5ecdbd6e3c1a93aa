package io.signalbox.agent.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Exception;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.proxy.CallListener;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.Resend;
import io.signalbox.agent.proxy.UpstreamCall;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of a request at an endpoint that speaks HTTP/1.1: it stands where the upstream stream would. Confined to
 * the event loop.
 */
final class TranslatedAttempt implements CallListener {
    /** Bytes of the response that may wait for the caller before the endpoint is held back. */
    private static final int MAX_WAITING_BYTES = 64 * 1024;

    private final Http2Request exchange;
    private final Half request;
    private final Half response;
    private final UpstreamCall call;
    private final OtherEnd end = new CallEnd();
    private boolean complete;

    TranslatedAttempt(Http2Request exchange, UpstreamEndpoint endpoint) {
        this.exchange = exchange;
        this.request = exchange.request;
        this.response = exchange.response;
        this.call = exchange.loop.translation().toHttp1().call(exchange.loop, endpoint, this);
    }

    void start(boolean onNewConnection) {
        complete = request.endReceived && request.queue.isEmpty() && request.waitingTrailers == null;
        call.start(exchange.head(), complete, onNewConnection);
    }

    /** Nothing more is wanted of it. */
    void cancel() {
        request.other = null;
        response.other = null;
        call.cancel();
    }

    @Override
    public void opened() {
        request.other = end;
        if (!response.dropped) {
            response.other = end;
        }
        exchange.onOpened();
        if (complete) {
            request.endSent = true;
        } else {
            FlowControl.pump(request, end, exchange.loop);
        }
    }

    @Override
    public void writabilityChanged() {
        if (request.other != null) {
            FlowControl.pump(request, end, exchange.loop);
        }
    }

    @Override
    public void interim(HeaderBlock head) {
        relay(head, false);
    }

    @Override
    public void response(HeaderBlock head, boolean last) {
        relay(head, last);
    }

    private void relay(HeaderBlock block, boolean last) {
        try {
            exchange.onResponseHeaders(block, last);
        } catch (Http2Exception e) {
            exchange.onUpstreamMalformed();
        }
    }

    @Override
    public void data(ByteBuf in, int length) {
        Http2Connection<?> sink = response.sink;
        if (sink == null || sink.ended) {
            in.skipBytes(length);
        } else {
            sink.flow().send(response, in, length);
        }
    }

    @Override
    public void end(@Nullable HeaderBlock trailers) {
        if (trailers != null) {
            relay(trailers, true);
        } else {
            FlowControl.relayEnd(response, exchange.loop);
        }
    }

    @Override
    public boolean isWritable() {
        return response.queuedBytes < MAX_WAITING_BYTES;
    }

    @Override
    public void failed(AttemptFailure failure, LocalReply reply, Resend resend) {
        exchange.failed(failure, reply, resend);
    }

    @Override
    public void refused(LocalReply reply) {
        exchange.refused(reply);
    }

    /** The call as the end of both halves: where the request goes, and where the response comes from. */
    private final class CallEnd implements OtherEnd {
        @Override
        public boolean isWritable() {
            return call.isWritable();
        }

        @Override
        public void data(ByteBuf in, int length) {
            call.data(in, length);
        }

        @Override
        public void end(@Nullable HeaderBlock trailers) {
            call.end(trailers);
        }

        @Override
        public void drained() {
            call.listenerChanged();
        }
    }
}
