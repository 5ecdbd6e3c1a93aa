package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.MirrorLimits;
import io.signalbox.agent.proxy.Timer;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a request on its way to an endpoint. Its body is copied as it passes; its response is dropped as it comes.
 * Whatever goes wrong ends the copy, and nothing else.
 */
final class Http1Mirror implements RequestCopy, ResponseReader {
    private final LoopContext loop;
    private final UpstreamEndpoint endpoint;
    private final boolean toHead;
    private final Timer timer;
    private @Nullable ByteBuf waiting;
    private @Nullable Http1Upstream upstream;
    private boolean sending;
    private boolean complete;
    private boolean finished;

    /**
     * @param endpoint on which the copy counts as started
     * @param head of the copy, as it is sent; belongs to the copy
     * @param toHead whether its method is HEAD
     */
    Http1Mirror(LoopContext loop, UpstreamEndpoint endpoint, ByteBuf head, boolean toHead) {
        this.loop = loop;
        this.endpoint = endpoint;
        this.waiting = head;
        this.toHead = toHead;
        this.timer = new Timer(loop.eventLoop(), this::fail);
    }

    @Override
    public void start() {
        timer.start(MirrorLimits.MAX_MILLIS);
        Http1Upstream idle = endpoint.http1Pool(loop, Http1Pool::new).take();
        if (idle == null) {
            Http1Upstream connection = new Http1Upstream(loop, endpoint);
            upstream = connection;
            connection.connect(this);
        } else {
            idle.lend(this);
            connected(idle);
        }
    }

    @Override
    public void connected(Http1Upstream open) {
        ByteBuf before = waiting;
        if (finished || before == null) {
            return;
        }
        upstream = open;
        waiting = null;
        sending = true;
        open.output().write(before, before.readableBytes());
        before.release();
    }

    @Override
    public void data(ByteBuf in, int length, boolean chunked) {
        ByteBuf to = room(length);
        if (to != null) {
            if (chunked) {
                BodyWriter.chunkStart(to, length);
            }
            to.writeBytes(in, in.readerIndex(), length);
            if (chunked) {
                to.writeByte('\r').writeByte('\n');
            }
        }
    }

    @Override
    public void end(@Nullable Head trailers) {
        ByteBuf to = room(0);
        if (to != null) {
            HeadWriter.lastChunk(trailers, to);
        }
    }

    private @Nullable ByteBuf room(int bytes) {
        if (finished) {
            return null;
        }
        Http1Upstream to = upstream;
        if (sending && to != null && to.output().isWritable()) {
            return to.output().buffer();
        }
        if (!sending && waiting != null && waiting.readableBytes() + bytes <= MirrorLimits.MAX_WAITING_BYTES) {
            return waiting;
        }
        loop.stats().mirrorsAbandoned.increment();
        finish();
        return null;
    }

    @Override
    public void requestComplete() {
        complete = true;
    }

    @Override
    public void requestEnded() {
        if (!complete) {
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
        finished = true;
        timer.cancel();
        if (waiting != null) {
            waiting.release();
            waiting = null;
        }
        Http1Upstream left = upstream;
        upstream = null;
        if (left != null) {
            left.abandon();
        }
        endpoint.requestEnded();
        loop.mirrorEnded();
    }

    @Override
    public void response(Head head, BodyReader body) {
        endpoint.responded(head.status);
        if (toHead || head.status == 204 || head.status == 304) {
            body.startNone();
        } else if (head.chunked) {
            body.startChunked();
        } else if (head.contentLength >= 0) {
            body.startLength(head.contentLength);
        } else {
            body.startUntilClose();
        }
    }

    @Override
    public void responseEnded(boolean reusable) {
        Http1Upstream from = upstream;
        if (from != null && reusable && complete) {
            upstream = null;
            from.detach();
            from.giveToPool();
        }
        if (!finished) {
            finish();
        }
    }

    @Override
    public BodySink responseBody() {
        return BodyWriter.NOWHERE;
    }

    @Override
    public void connectFailed() {
        fail();
    }

    @Override
    public void overflowed() {
        fail();
    }

    @Override
    public void upstreamWritabilityChanged() {
        // looked at when there is something to write
    }

    @Override
    public void interimResponse(Head head) {
        // nobody waits for it
    }

    @Override
    public boolean retriesAfter(Head head) {
        return false;
    }

    @Override
    public void responseEndedByClose() {
        responseEnded(false);
    }

    @Override
    public void responseBroken() {
        fail();
    }

    @Override
    public void upstreamLost() {
        fail();
    }

    @Override
    public void protocolSwitched(Head head) {
        fail();
    }

    @Override
    public void tunnelDown(ByteBuf in) {
        in.skipBytes(in.readableBytes());
    }

    @Override
    public void tunnelUpstreamEnded() {
        fail();
    }
}
