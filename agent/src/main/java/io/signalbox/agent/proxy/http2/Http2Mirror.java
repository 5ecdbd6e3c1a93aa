package io.signalbox.agent.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.CANCEL;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2Error;
import io.signalbox.agent.model.UpstreamProtocol;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.MirrorLimits;
import io.signalbox.agent.proxy.Resend;
import io.signalbox.agent.proxy.Timer;
import io.signalbox.agent.upstream.UpstreamEndpoint;

/**
 * A copy of a request on its way to an endpoint. Its body is copied as it passes; its response is dropped as it comes.
 * Whatever goes wrong ends the copy, and nothing else.
 */
final class Http2Mirror extends Http2Request {
    private final HeaderBlock head;
    private final UpstreamEndpoint endpoint;
    private final UpstreamProtocol protocol;
    private final Timer timer;
    private boolean finished;

    /**
     * @param endpoint on which the copy counts as started
     * @param protocol that the endpoint speaks
     * @param head belongs to the copy
     */
    Http2Mirror(LoopContext loop, UpstreamEndpoint endpoint, UpstreamProtocol protocol, HeaderBlock head) {
        super(loop);
        this.protocol = protocol;
        this.endpoint = endpoint;
        this.head = head;
        this.timer = new Timer(loop.eventLoop(), this::fail);
        response.dropped = true;
    }

    /** Begins to send it. */
    void start() {
        timer.start(MirrorLimits.MAX_MILLIS);
        submit(endpoint, protocol, false);
    }

    /** Copies bytes of the request's body. */
    void data(ByteBuf in, int length) {
        if (finished || length == 0) {
            return;
        }
        if (request.queuedBytes + length > MirrorLimits.MAX_WAITING_BYTES || loop.isOverQueueBudget()) {
            loop.stats().mirrorsAbandoned.increment();
            finish();
            return;
        }
        ByteBuf copy = ByteBufAllocator.DEFAULT.buffer(length);
        in.getBytes(in.readerIndex(), copy, length);
        request.queue.add(copy);
        request.queuedBytes += length;
        loop.queued(length);
        pump();
    }

    /** The request's body is complete. */
    void end() {
        if (!finished) {
            request.endReceived = true;
            pump();
        }
    }

    private void pump() {
        Http2Connection<?> upstream = request.sink;
        OtherEnd other = request.other;
        if (upstream != null) {
            upstream.flow().pump(request);
        } else if (other != null) {
            FlowControl.pump(request, other, loop);
        }
    }

    /** The request has ended: a copy that is not complete never will be. */
    void requestEnded() {
        if (!request.endReceived) {
            fail();
        }
    }

    private void fail() {
        if (!finished) {
            loop.stats().mirrorsFailed.increment();
            finish();
        }
    }

    private void finish() {
        if (!finished) {
            finished = true;
            timer.cancel();
            if (response.endReceived && request.endSent) {
                detachUpstream();
            } else {
                resetUpstream(CANCEL);
            }
            FlowControl.discard(request, loop);
            loop.mirrorEnded();
        }
    }

    @Override
    HeaderBlock head() {
        return head;
    }

    @Override
    void onOpened() {
        // nothing waits for that
    }

    @Override
    void onResponseHeaders(HeaderBlock block, boolean endStream) {
        int status = block.isResponse() ? block.statusCode() : 0;
        if (status >= 200) {
            endpoint.responded(status);
        }
        if (endStream) {
            response.endReceived = true;
            finishIfDone();
        }
    }

    @Override
    void failed(AttemptFailure failure, LocalReply reply, Resend resend) {
        fail();
    }

    @Override
    void refused(LocalReply reply) {
        fail();
    }

    @Override
    void abort(Http2Connection<?> offender, Http2Error error) {
        fail();
    }

    @Override
    void finishIfDone() {
        if (response.endReceived) {
            finish();
        }
    }

    @Override
    void onData(Half half, ByteBuf in, int length) {
        // it is dropped
    }

    @Override
    void onEndReceived(Half half) {
        // finishIfDone follows
    }

    @Override
    boolean keepsForRetry(Half half) {
        return false;
    }

    @Override
    void keepForRetry(ByteBuf in, int length) {
        throw new IllegalStateException("a copy is sent once");
    }

    @Override
    void keepForRetry(HeaderBlock trailers) {
        throw new IllegalStateException("a copy is sent once");
    }
}
