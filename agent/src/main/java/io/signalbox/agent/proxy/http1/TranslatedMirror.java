package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.proxy.CallListener;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.MirrorLimits;
import io.signalbox.agent.proxy.Resend;
import io.signalbox.agent.proxy.Timer;
import io.signalbox.agent.proxy.UpstreamCall;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import org.jspecify.annotations.Nullable;

/** A copy of a request on its way to an endpoint that speaks HTTP/2. Whatever goes wrong ends it, and nothing else. */
final class TranslatedMirror implements RequestCopy, CallListener {
    private static final int PART_BYTES = 16 * 1024;

    private final LoopContext loop;
    private final UpstreamEndpoint endpoint;
    private final HeaderBlock head;
    private final boolean bodiless;
    private final UpstreamCall call;
    private final ByteBuf waiting;
    private final Timer timer;
    private @Nullable HeaderBlock trailers;
    private boolean open;
    private boolean complete;
    private boolean finished;

    /**
     * @param endpoint on which the copy counts as started
     * @param head belongs to the copy
     * @param bodiless whether no body follows
     */
    TranslatedMirror(
            LoopContext loop, UpstreamEndpoint endpoint, HeaderBlock head, boolean bodiless, ByteBufAllocator alloc) {
        this.loop = loop;
        this.endpoint = endpoint;
        this.head = head;
        this.bodiless = bodiless;
        this.call = loop.translation().toHttp2().call(loop, endpoint, this);
        this.waiting = alloc.buffer(0);
        this.timer = new Timer(loop.eventLoop(), this::fail);
    }

    @Override
    public void start() {
        timer.start(MirrorLimits.MAX_MILLIS);
        call.start(head, bodiless, false);
    }

    @Override
    public void opened() {
        open = true;
        pump();
    }

    @Override
    public void data(ByteBuf in, int length, boolean chunked) {
        if (finished) {
            return;
        }
        if (waiting.readableBytes() + length > MirrorLimits.MAX_WAITING_BYTES) {
            loop.stats().mirrorsAbandoned.increment();
            finish();
        } else {
            waiting.discardSomeReadBytes().writeBytes(in, in.readerIndex(), length);
            pump();
        }
    }

    private void pump() {
        while (open && !finished && waiting.isReadable() && call.isWritable()) {
            ByteBuf part = waiting.readBytes(Math.min(waiting.readableBytes(), PART_BYTES));
            call.data(part, part.readableBytes());
            part.release();
        }
        if (open && !finished && complete && !bodiless && !waiting.isReadable()) {
            call.end(trailers);
        }
    }

    @Override
    public void end(@Nullable Head last) {
        trailers = BlockReader.trailers(last);
    }

    @Override
    public void requestComplete() {
        complete = true;
        pump();
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
        if (!finished) {
            finished = true;
            timer.cancel();
            waiting.release();
            call.cancel();
            endpoint.requestEnded();
            loop.mirrorEnded();
        }
    }

    @Override
    public void response(HeaderBlock response, boolean last) {
        endpoint.responded(response.statusCode());
        if (last) {
            finish();
        }
    }

    @Override
    public void data(ByteBuf in, int length) {
        in.skipBytes(length);
    }

    @Override
    public void end(@Nullable HeaderBlock last) {
        finish();
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void interim(HeaderBlock response) {
        // nobody waits for it
    }

    @Override
    public void writabilityChanged() {
        pump();
    }

    @Override
    public void failed(AttemptFailure failure, LocalReply reply, Resend resend) {
        fail();
    }

    @Override
    public void refused(LocalReply reply) {
        fail();
    }
}
