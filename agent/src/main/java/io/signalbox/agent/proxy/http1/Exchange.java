package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.signalbox.agent.balance.PickContext;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Origin;
import io.signalbox.agent.proxy.RequestTrace;
import io.signalbox.agent.upstream.UpstreamBackend;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * A request with its response, over all attempts. A downstream connection has one, for one request after another.
 *
 * <p>Another attempt is made when no connection could be opened, and when a connection that was used before ends
 * without a byte of a response, as servers close idle connections at any moment: then only if all that was sent is
 * still here, and the request is idempotent or has not left yet.
 */
final class Exchange {
    /** Attempts that a request gets, the first one included. */
    static final int MAX_ATTEMPTS = 3;

    private static final String LOST = "upstream connect error or disconnect/reset before headers";
    private static final String OVERFLOW = LOST + ". reset reason: overflow";
    private static final byte[] HEAD = Ascii.bytes("HEAD");

    private final LoopContext loop;
    private final Http1Downstream downstream;
    private final Decision decision;
    private final BodyReader requestBody = new BodyReader();
    private final BodyWriter requestWriter = new BodyWriter();
    private final BodyWriter responseWriter = new BodyWriter();
    private final Replay replay;
    private final HeaderText traceparentText = new HeaderText();
    private final HeaderText tracestateText = new HeaderText();
    private @Nullable Head request;
    private @Nullable RequestTrace trace;
    private @Nullable CharSequence traceparent;
    private @Nullable UpstreamEndpoint endpoint;
    private final PickContext picks = new PickContext();
    private @Nullable Http1Upstream upstream;
    private @Nullable Http1Upstream passthroughConnection;
    private long startNanos;
    private int attempts;
    private int status;
    private @Nullable String flag;
    private boolean reused;
    private boolean replaying;
    private boolean sending;
    private boolean responding;
    private boolean websocket;
    private boolean tunnel;
    private boolean callerEnded;
    private boolean serverEnded;
    private boolean closeAfterwards;

    Exchange(LoopContext loop, Origin origin, Http1Downstream downstream, ByteBufAllocator alloc) {
        this.loop = loop;
        this.downstream = downstream;
        this.decision = new Decision(loop, origin);
        this.replay = new Replay(alloc);
    }

    boolean isRunning() {
        return request != null;
    }

    /** Begins with a well-formed head, which belongs to the exchange from now on. */
    void begin(Head head) {
        request = head;
        startNanos = loop.nanos();
        attempts = 0;
        status = 0;
        flag = null;
        picks.reset();
        replaying = false;
        responding = false;
        tunnel = false;
        callerEnded = false;
        serverEnded = false;
        closeAfterwards = head.close;
        if (head.chunked) {
            requestBody.startChunked();
        } else {
            requestBody.startLength(Math.max(0, head.contentLength));
        }
        Upgrade upgrade = Upgrade.of(head);
        websocket = upgrade == Upgrade.WEBSOCKET;
        if (upgrade == Upgrade.OTHER) {
            answer(OwnAnswer.FORBIDDEN, "this upgrade is not supported", null);
            return;
        }
        switch (decision.decide(head)) {
            case FORWARD -> {
                if (decision.backend() == null) {
                    answer(OwnAnswer.UNAVAILABLE, "", "NC");
                    return;
                }
                trace = loop.tracing()
                        .start(
                                traceparentText.of(head, head.traceparentField),
                                tracestateText.of(head, head.tracestateField));
                attempt(null);
            }
            case PASSTHROUGH -> {
                loop.stats().passthroughRequests.increment();
                attempt(null);
            }
            case NO_ROUTE -> answer(OwnAnswer.NOT_FOUND, "", "NR");
            case REDIRECT, DIRECT_RESPONSE -> answer(OwnAnswer.NOT_IMPLEMENTED, "", null);
            case REFUSED -> answer(OwnAnswer.BAD_GATEWAY, "", null);
            case LOOP ->
                answer(
                        OwnAnswer.BAD_GATEWAY,
                        "no service has this Host, and its address is one that the agent itself listens on",
                        null);
        }
    }

    private void attempt(@Nullable UpstreamEndpoint same) {
        UpstreamEndpoint picked = same == null ? decision.pick(picks) : same;
        if (picked == null) {
            answer(OwnAnswer.UNAVAILABLE, "no healthy upstream", "UH");
            return;
        }
        if (!picked.requestStarted()) {
            overflowed();
            return;
        }
        attempts++;
        endpoint = picked;
        traceparent = trace == null ? null : trace.startAttempt(picked.endpoint());
        Http1Upstream idle = replaying ? null : takeIdle(picked);
        reused = idle != null;
        if (idle == null) {
            Http1Upstream connection = new Http1Upstream(loop, picked);
            upstream = connection;
            connection.connect(this);
        } else {
            upstream = idle;
            idle.lend(this);
            send(idle);
        }
    }

    private @Nullable Http1Upstream takeIdle(UpstreamEndpoint picked) {
        if (!decision.isPassthrough()) {
            return picked.http1Pool(Http1Pool::new).take();
        }
        Http1Upstream own = passthroughConnection;
        passthroughConnection = null;
        return own != null && own.isUsable() ? own : null;
    }

    /** A connection that the attempt waited for is there. */
    void connected(Http1Upstream open) {
        if (upstream != null) {
            upstream = open;
            send(open);
        }
    }

    /** As many requests wait for a connection as may. */
    void overflowed() {
        answer(OwnAnswer.UNAVAILABLE, OVERFLOW, "UO");
    }

    private void send(Http1Upstream to) {
        Head head = request;
        if (head == null) {
            return;
        }
        HeadWriter.request(head, to.output().buffer(), websocket, decision.isPassthrough(), traceparent);
        if (replaying) {
            replay.sendTo(to.output());
            requestWriter.moveTo(to.output());
        } else {
            requestWriter.start(to.output(), head.chunked, reused ? replay : null);
        }
        sending = true;
        to.setReading(downstream.output().isWritable());
        downstream.consume();
    }

    /** The connection that the attempt waited for could not be opened. */
    void connectFailed() {
        if (endpoint != null) {
            endpoint.failed(AttemptFailure.CONNECT_FAILURE);
            picks.avoid(endpoint);
        }
        leaveUpstream();
        UpstreamBackend backend = decision.backend();
        if (backend != null && attempts < MAX_ATTEMPTS) {
            anotherAttempt(backend, "connect_failed", null);
        } else {
            answer(OwnAnswer.UNAVAILABLE, LOST, "UF");
        }
    }

    private void anotherAttempt(@Nullable UpstreamBackend backend, String reason, @Nullable UpstreamEndpoint same) {
        if (backend != null) {
            backend.stats().retried();
        }
        if (trace != null) {
            trace.attemptFailed(reason);
        }
        attempt(same);
    }

    /** Whether bytes from downstream belong to this request and can go on now. */
    boolean takesBytes() {
        return sending && (tunnel || !requestBody.isDone());
    }

    boolean isRequestComplete() {
        return requestBody.isDone();
    }

    boolean isUpstreamWritable() {
        return upstream == null || upstream.output().isWritable();
    }

    /** Takes bytes of the request's body, or of the tunnel. */
    void requestBytes(ByteBuf in) {
        if (tunnel) {
            if (upstream != null) {
                upstream.output().write(in, in.readableBytes());
            }
            return;
        }
        BadMessage bad = requestBody.read(in, requestWriter);
        if (bad != null) {
            loop.stats().badRequests.increment();
            closeAfterwards = true;
            fail(OwnAnswer.to(bad), bad.text(), "DPE");
        }
    }

    /** The client has said that nothing follows; called when all that came before has been taken. */
    void downstreamEnded() {
        if (!tunnel) {
            if (!requestBody.isDone()) {
                downstream.close();
            }
        } else if (serverEnded) {
            downstream.close();
        } else if (upstream != null && !callerEnded) {
            callerEnded = true;
            upstream.output().shutdownAfterwards(() -> {});
        }
    }

    /** The caller is gone. */
    void abort() {
        if (isRunning()) {
            flag = "DC";
            leaveUpstream();
            end();
        }
        if (passthroughConnection != null) {
            passthroughConnection.close();
            passthroughConnection = null;
        }
    }

    void downstreamWritabilityChanged() {
        if (upstream != null && sending) {
            upstream.setReading(downstream.output().isWritable());
        }
    }

    void upstreamWritabilityChanged() {
        downstream.updateReading();
    }

    BodySink responseBody() {
        return responseWriter;
    }

    void interimResponse(Head head) {
        HeadWriter.interim(head, downstream.output().buffer());
    }

    /** Relays the head of the final response, and starts its body. */
    void response(Head head, BodyReader body) {
        responding = true;
        replay.forget();
        status = head.status;
        if (endpoint != null) {
            endpoint.responded(status);
        }
        boolean bodiless = (request != null && request.isMethod(HEAD)) || status == 204 || status == 304;
        boolean chunked = head.chunked;
        long length = head.contentLength;
        if (bodiless) {
            body.startNone();
            chunked &= status != 204;
            length = status == 204 ? -1 : length;
        } else if (chunked) {
            body.startChunked();
        } else if (length >= 0) {
            body.startLength(length);
        } else {
            body.startUntilClose();
            chunked = true;
        }
        // A response that overtakes the request's body is often a refusal: nobody may want the rest of the body.
        closeAfterwards |= !requestBody.isDone() || downstream.isEnding();
        HeadWriter.response(head, downstream.output().buffer(), length, chunked, closeAfterwards);
        responseWriter.start(downstream.output(), chunked && !bodiless, null);
    }

    /**
     * The response is complete.
     *
     * @param reusable whether the connection that it came from can take another request
     */
    void responseEnded(boolean reusable) {
        Http1Upstream from = upstream;
        if (from != null && reusable && requestBody.isDone()) {
            upstream = null;
            from.detach();
            if (decision.isPassthrough()) {
                passthroughConnection = from;
            } else {
                from.giveToPool();
            }
        }
        leaveUpstream();
        finish(closeAfterwards || !requestBody.isDone());
    }

    /** The end of the connection was the end of the response. */
    void responseEndedByClose() {
        responseWriter.end(null);
        responseEnded(false);
    }

    /** What came is not a response. */
    void responseBroken() {
        fail(OwnAnswer.BAD_GATEWAY, "upstream response is malformed", "UPE");
    }

    /** The connection ended before the response. */
    void upstreamLost() {
        Http1Upstream lost = upstream;
        boolean mayTryAgain = lost != null
                && reused
                && !tunnel
                && !lost.hasResponse()
                && replay.isComplete()
                && attempts < MAX_ATTEMPTS
                && request != null
                && (Methods.isIdempotent(request) || !lost.output().hasFlushed());
        if (!mayTryAgain) {
            if (endpoint != null && !responding) {
                endpoint.failed(AttemptFailure.RESET);
            }
            fail(OwnAnswer.UNAVAILABLE, LOST, "UC");
            return;
        }
        UpstreamEndpoint same = endpoint != null && endpoint.isReferenced() ? endpoint : null;
        leaveUpstream();
        replaying = true;
        anotherAttempt(decision.backend(), "connection_closed", same);
    }

    /** Answers instead of the upstream; when its answer has begun already, the caller can only be cut off. */
    private void fail(OwnAnswer own, String text, String responseFlag) {
        if (responding) {
            flag = responseFlag;
            leaveUpstream();
            end();
            downstream.cutOff();
        } else {
            answer(own, text, responseFlag);
        }
    }

    private void answer(OwnAnswer own, String text, @Nullable String responseFlag) {
        leaveUpstream();
        Head head = request;
        flag = responseFlag;
        status = own.status();
        responding = true;
        if (!closeAfterwards) {
            downstream.skipBody(requestBody);
        }
        boolean close = closeAfterwards || !requestBody.isDone() || downstream.isEnding();
        own.write(downstream.output().buffer(), text, close, head != null && head.isMethod(HEAD));
        finish(close);
    }

    /** Relays that the protocol is another one from here on, if the request has asked for that. */
    void protocolSwitched(Head head) {
        if (!websocket) {
            responseBroken();
            return;
        }
        HeadWriter.interim(head, downstream.output().buffer());
        status = head.status;
        responding = true;
        tunnel = true;
        replay.forget();
        downstream.consume();
    }

    void tunnelDown(ByteBuf in) {
        downstream.output().write(in, in.readableBytes());
    }

    void tunnelUpstreamEnded() {
        if (callerEnded) {
            leaveUpstream();
            finish(true);
        } else {
            serverEnded = true;
            downstream.output().shutdownAfterwards(() -> {});
        }
    }

    private void leaveUpstream() {
        sending = false;
        if (upstream != null) {
            Http1Upstream left = upstream;
            upstream = null;
            left.abandon();
        }
        if (endpoint != null) {
            UpstreamEndpoint left = endpoint;
            endpoint = null;
            left.requestEnded();
        }
    }

    private void finish(boolean close) {
        end();
        downstream.exchangeEnded(close);
    }

    private void end() {
        Head ended = request;
        if (ended == null) {
            return;
        }
        request = null;
        UpstreamBackend backend = decision.backend();
        if (backend != null) {
            backend.stats().requestEnded(status, loop.nanos() - startNanos);
        }
        if (trace != null) {
            trace.end(decision.traced(ended, status, flag, requestWriter.bytes(), responseWriter.bytes()));
            trace = null;
            traceparent = null;
        }
        requestBody.stop();
        requestWriter.forget();
        responseWriter.forget();
        replay.forget();
        decision.forget();
        picks.reset();
        tunnel = false;
        HeadPool.ofThisLoop().give(ended);
    }
}
