package io.signalbox.agent.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.CANCEL;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.REFUSED_STREAM;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.AsciiString;
import io.signalbox.agent.balance.PickContext;
import io.signalbox.agent.model.RuleRef;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.RequestTrace;
import io.signalbox.agent.proxy.TracedRequest;
import io.signalbox.agent.routing.PortTable;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.routing.PreparedVirtualHost;
import io.signalbox.agent.routing.RequestDecision;
import io.signalbox.agent.routing.RouteMatch;
import io.signalbox.agent.upstream.UpstreamBackend;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request with its response over all attempts: a stream of the downstream connection and, once it is open, a stream
 * of an upstream connection. Reused by its downstream connection. Confined to the event loop.
 *
 * <p>An attempt is repeated on another endpoint only where the request cannot have been processed: the connection could
 * not be opened, the stream was refused (REFUSED_STREAM) or lies beyond the last stream of a GOAWAY; and, for methods
 * that RFC 9110 section 9.2.2 calls idempotent, where the connection broke before any byte of the response.
 */
final class Http2Exchange {
    /** The first attempt and two more, as Istio's default. */
    private static final int MAX_ATTEMPTS = 3;

    private final LoopContext loop;
    private final Http2Downstream downstream;
    private final RequestReplay replay = new RequestReplay();

    final Half request = new Half(this);
    final Half response = new Half(this);
    final HeaderBlock head = new HeaderBlock();

    private @Nullable PortTable table;
    private @Nullable RequestDecision decision;
    private @Nullable UpstreamBackend backend;
    private @Nullable UpstreamEndpoint endpoint;
    private @Nullable Http2Pool waitingIn;
    private final PickContext picks = new PickContext();
    private @Nullable RequestTrace trace;
    private @Nullable AsciiString grpcStatus;
    private @Nullable String flag;
    private long startNanos;
    private int attempts;
    private int status;
    private boolean responseStarted;
    private boolean upstreamGone;
    private boolean finished;

    Http2Exchange(LoopContext loop, Http2Downstream downstream) {
        this.loop = loop;
        this.downstream = downstream;
    }

    // ---- the request begins ---------------------------------------------------------------------------------------

    /** Takes a new downstream stream. {@link #head} has been read. */
    void open(int streamId, int peerInitialWindow, boolean endStream) {
        startNanos = loop.nanos();
        request.source = downstream;
        request.sourceId = streamId;
        request.receiveWindow = FlowControl.STREAM_WINDOW;
        request.endReceived = endStream;
        response.sink = downstream;
        response.sinkId = streamId;
        response.sendWindow = peerInitialWindow;
    }

    /** Sends the request to a backend of a route. */
    void forward(@Nullable PortTable decidingTable, RequestDecision decided, PreparedBackend chosen) {
        table = decidingTable;
        decision = decided;
        backend = loop.upstreams().backend(chosen);
        trace = loop.tracing().start(head.get(HeaderBlock.TRACEPARENT), head.get(HeaderBlock.TRACESTATE));
        startAttempt();
    }

    /** Sends the request, as it is, to one endpoint that no route has chosen. */
    void passThrough(UpstreamEndpoint destination) {
        loop.stats().passthroughRequests.increment();
        startAttemptOn(destination);
    }

    private void startAttempt() {
        UpstreamEndpoint picked = Objects.requireNonNull(backend).pick(picks);
        if (picked == null) {
            reply(LocalReply.NO_ENDPOINT);
        } else {
            startAttemptOn(picked);
        }
    }

    private void startAttemptOn(UpstreamEndpoint picked) {
        if (!picked.requestStarted()) {
            reply(LocalReply.OVERFLOW);
            return;
        }
        attempts++;
        endpoint = picked;
        RequestTrace tracing = trace;
        if (tracing != null) {
            head.set(HeaderBlock.TRACEPARENT, AsciiString.of(tracing.startAttempt(picked.endpoint())));
        }
        Http2Pool pool = picked.http2Pool(e -> new Http2Pool(loop, e));
        waitingIn = pool;
        pool.submit(this);
    }

    /** An upstream connection has room: opens a stream on it and sends what is there. */
    void openUpstream(Http2Upstream upstream, int streamId) throws Http2Exception {
        waitingIn = null;
        request.sink = upstream;
        request.sinkId = streamId;
        request.sendWindow = upstream.peerInitialWindow;
        response.source = upstream;
        response.sourceId = streamId;
        response.receiveWindow = FlowControl.STREAM_WINDOW;
        boolean end = request.endReceived && request.queue.isEmpty() && request.waitingTrailers == null;
        request.endSent = end;
        upstream.writer().headers(streamId, head, end);
        if (!end) {
            upstream.flow().pump(request);
        }
    }

    boolean keepsForRetry(Half half) {
        return half == request && !responseStarted && request.replayedBytes == 0;
    }

    void keepForRetry(ByteBuf in, int length) {
        replay.keep(in, length);
    }

    /** Whether the response has begun. */
    boolean hasResponse() {
        return responseStarted;
    }

    // ---- the response ---------------------------------------------------------------------------------------------

    /** Response headers or trailers came. */
    void onResponseHeaders(HeaderBlock block, boolean endStream) throws Http2Exception {
        if (responseStarted) {
            if (endStream && block.isTrailers()) {
                noteGrpcStatus(block);
                downstreamTrailers(block);
            } else {
                onUpstreamMalformed();
            }
            return;
        }
        int code = block.isResponse() ? block.statusCode() : 0;
        boolean informational = code >= 100 && code < 200;
        if (code == 0 || code == 101 || (informational && endStream)) {
            onUpstreamMalformed();
            return;
        }
        if (!informational) {
            responseStarted = true;
            status = code;
            if (endpoint != null) {
                endpoint.responded(code);
            }
            noteGrpcStatus(block);
            replay.giveUp();
            response.endReceived = endStream;
            response.endSent = endStream;
        }
        downstream.writer().headers(response.sinkId, block, endStream);
        if (endStream) {
            finishIfDone();
        }
    }

    private void downstreamTrailers(HeaderBlock block) throws Http2Exception {
        Objects.requireNonNull(response.source).flow().relayTrailers(response, block);
    }

    private void noteGrpcStatus(HeaderBlock block) {
        if (trace != null) {
            grpcStatus = block.get(HeaderBlock.GRPC_STATUS);
        }
    }

    // ---- failures -------------------------------------------------------------------------------------------------

    /** The request has certainly not been processed: no connection could be opened, or the stream was refused. */
    void onNotProcessed(LocalReply whenNoRetry) {
        failed(whenNoRetry.equals(LocalReply.CONNECT_FAILED) ? AttemptFailure.CONNECT_FAILURE : AttemptFailure.RESET);
        if (!retry(whenNoRetry)) {
            reply(whenNoRetry);
        }
    }

    /** As many requests wait for a connection as may. */
    void onOverflow() {
        waitingIn = null;
        reply(LocalReply.OVERFLOW);
    }

    /** The upstream connection broke: whether the request was processed nobody knows. */
    void onUpstreamClosed() {
        if (response.endReceived) {
            detachUpstream();
            finishIfDone();
        } else if (responseStarted) {
            flag = "UC";
            detachUpstream();
            resetDownstream(Http2Error.INTERNAL_ERROR.code());
        } else {
            failed(AttemptFailure.RESET);
            if (!isIdempotent() || !retry(LocalReply.UPSTREAM_CLOSED)) {
                reply(LocalReply.UPSTREAM_CLOSED);
            }
        }
    }

    /** Tells outlier detection that the attempt failed. */
    private void failed(AttemptFailure failure) {
        if (endpoint != null) {
            endpoint.failed(failure);
        }
    }

    /** The endpoint reset the stream. */
    void onUpstreamReset(long errorCode) {
        if (response.endReceived) {
            // A complete response with the rest of the request not wanted (RFC 9113 section 8.1).
            detachUpstream();
            finishIfDone();
        } else if (responseStarted) {
            flag = "UR";
            detachUpstream();
            resetDownstream(errorCode);
        } else if (errorCode == REFUSED_STREAM.code()) {
            onNotProcessed(LocalReply.UPSTREAM_RESET);
        } else {
            failed(AttemptFailure.RESET);
            reply(LocalReply.UPSTREAM_RESET);
        }
    }

    /** The endpoint sent what no response may contain. */
    void onUpstreamMalformed() {
        resetUpstream(PROTOCOL_ERROR);
        if (responseStarted) {
            flag = "UPE";
            resetDownstream(PROTOCOL_ERROR.code());
        } else {
            reply(LocalReply.UPSTREAM_MALFORMED);
        }
    }

    /** The caller reset the stream, or is gone. */
    void onDownstreamGone() {
        flag = "DC";
        resetUpstream(CANCEL);
        finish();
    }

    /** A peer broke a rule of this stream: it and the stream on the other side end. */
    void abort(Http2Connection offender, Http2Error error) {
        if (offender == downstream) {
            flag = "DPE";
            resetUpstream(CANCEL);
            resetDownstream(error.code());
        } else {
            onUpstreamMalformed();
        }
    }

    private boolean isIdempotent() {
        AsciiString method = head.method();
        if (method == null) {
            return false;
        }
        return switch (method.toString()) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> false;
        };
    }

    private boolean retry(LocalReply failure) {
        UpstreamBackend target = backend;
        if (responseStarted || target == null || attempts >= MAX_ATTEMPTS || !replay.isPossible()) {
            return false;
        }
        UpstreamEndpoint failed = endpoint;
        detachUpstream();
        upstreamGone = false;
        if (trace != null) {
            trace.attemptFailed(String.valueOf(failure.flag()));
        }
        target.stats().retried();
        request.endSent = false;
        requeueSentBytes();
        if (failed != null) {
            picks.avoid(failed);
        }
        startAttempt();
        return true;
    }

    private void requeueSentBytes() {
        if (request.replayedBytes > 0) {
            // The rest of an earlier replay still heads the queue; all of it is in the new one.
            ByteBuf rest = request.queue.remove();
            request.queuedBytes -= rest.readableBytes();
            loop.queued(-rest.readableBytes());
            rest.release();
            request.replayedBytes = 0;
        }
        if (replay.length() > 0) {
            request.queue.addFirst(replay.toBuffer());
            request.queuedBytes += replay.length();
            request.replayedBytes = replay.length();
            loop.queued(replay.length());
        }
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** Answers in place of a backend. */
    void reply(LocalReply reply) {
        resetUpstream(CANCEL);
        status = reply.status();
        flag = reply.flag();
        responseStarted = true;
        if (downstream.sendReply(response.sinkId, reply, head.isGrpc()) && !request.endReceived) {
            downstream.writer().resetStream(response.sinkId, NO_ERROR.code());
        }
        finish();
    }

    private void resetDownstream(long errorCode) {
        if (!downstream.ended) {
            downstream.writer().resetStream(response.sinkId, errorCode);
        }
        finish();
    }

    /** Resets the upstream stream, where there is one that has not ended. */
    private void resetUpstream(Http2Error error) {
        Http2Connection upstream = request.sink;
        if (upstream != null && !upstream.ended) {
            upstream.writer().resetStream(request.sinkId, error.code());
        }
        detachUpstream();
    }

    /** Lets go of the upstream stream; what came from it and waits for the caller stays. */
    private void detachUpstream() {
        if (waitingIn != null) {
            waitingIn.cancel(this);
            waitingIn = null;
        }
        Http2Connection upstream = request.sink;
        if (upstream != null) {
            upstream.flow().unblock(request);
            upstream.streams.remove(request.sinkId);
            request.sink = null;
            response.source = null;
            ((Http2Upstream) upstream).streamEnded();
        }
        upstreamGone = true;
        if (endpoint != null) {
            endpoint.requestEnded();
            endpoint = null;
        }
    }

    /** Ends the exchange when both directions have, or when the upstream side is gone and the response is out. */
    void finishIfDone() {
        if (finished || !response.endSent) {
            return;
        }
        if (request.endSent) {
            finish();
        } else if (upstreamGone) {
            if (!request.endReceived && !downstream.ended) {
                downstream.writer().resetStream(response.sinkId, NO_ERROR.code());
            }
            finish();
        }
    }

    private void finish() {
        if (finished) {
            return;
        }
        finished = true;
        UpstreamBackend target = backend;
        if (target != null) {
            target.stats().requestEnded(status, loop.nanos() - startNanos);
            RequestTrace tracing = trace;
            if (tracing != null) {
                tracing.end(describe(target));
            }
        }
        detachUpstream();
        FlowControl.discard(request, loop);
        FlowControl.discard(response, loop);
        downstream.flow().unblock(response);
        downstream.exchangeEnded(this);
    }

    private TracedRequest describe(UpstreamBackend target) {
        RouteMatch match = decision == null ? null : decision.match();
        RuleRef rule = match == null ? null : match.route().rule();
        PreparedVirtualHost virtualHost = decision == null ? null : decision.virtualHost();
        AsciiString authority = head.authority() != null ? head.authority() : head.get(HeaderBlock.HOST);
        return new TracedRequest(
                "2",
                String.valueOf(head.method()),
                String.valueOf(authority),
                String.valueOf(head.path()),
                head.isGrpc(),
                downstream.origin().peer(),
                downstream.origin().workloadName(),
                virtualHost == null ? "" : virtualHost.service(),
                target.prepared().backend().name(),
                table == null ? "" : table.version().value(),
                rule == null ? null : rule.toString(),
                status,
                grpcStatus == null ? null : grpcStatus.toString(),
                flag,
                request.bodyBytes,
                response.bodyBytes);
    }

    /** Makes the exchange ready for another request. */
    void reset() {
        request.reset();
        response.reset();
        head.clear();
        replay.reset();
        picks.reset();
        table = null;
        decision = null;
        backend = null;
        endpoint = null;
        waitingIn = null;
        trace = null;
        grpcStatus = null;
        flag = null;
        attempts = 0;
        status = 0;
        responseStarted = false;
        upstreamGone = false;
        finished = false;
    }
}
