package io.signalbox.agent.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.CANCEL;
import static io.netty.handler.codec.http2.Http2Error.INTERNAL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.AsciiString;
import io.signalbox.agent.model.UpstreamProtocol;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.policy.GrpcStatus;
import io.signalbox.agent.policy.HeaderFields;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.policy.RetryRules;
import io.signalbox.agent.proxy.Answer;
import io.signalbox.agent.proxy.Attempts;
import io.signalbox.agent.proxy.ExchangeSide;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.RequestFlow;
import io.signalbox.agent.proxy.RequestId;
import io.signalbox.agent.proxy.RequestRouter;
import io.signalbox.agent.proxy.RequestTrace;
import io.signalbox.agent.proxy.Resend;
import io.signalbox.agent.proxy.TracedRequest;
import io.signalbox.agent.routing.RequestAttributes;
import io.signalbox.agent.routing.RequestDecision;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One request with its response over all attempts: a stream of the downstream connection and, once it is open, a stream
 * of an upstream connection. Reused by its downstream connection. Confined to the event loop.
 *
 * <p>Whether another attempt follows is the matter of {@link Attempts}. Apart from that, a request is sent again where
 * it was not processed because its stream lies beyond the last one of a GOAWAY; and, for methods that RFC 9110 section
 * 9.2.2 calls idempotent, where a connection that was used before broke before any byte of the response.
 */
final class Http2Exchange extends Http2Request implements ExchangeSide {
    private static final AsciiString RATE_LIMITED = AsciiString.cached("x-envoy-ratelimited");
    private static final AsciiString SERVICE_TIME = AsciiString.cached("x-envoy-upstream-service-time");
    private static final AsciiString HEAD_METHOD = AsciiString.cached("HEAD");

    private final Http2Downstream downstream;
    private final RequestFlow flow;
    private final Attempts attempts;
    private final RequestReplay replay = new RequestReplay();
    private final RequestId requestId = new RequestId();

    final RequestHeaders headers = new RequestHeaders();

    /** Links the exchanges that a connection keeps for its next requests. */
    @Nullable
    Http2Exchange nextFree;

    private final Http2Mirrors mirrors = new Http2Mirrors();
    private @Nullable AsciiString grpcStatus;
    private @Nullable AsciiString originalPath;
    private @Nullable AsciiString originalAuthority;
    private @Nullable String flag;
    private int status;
    private boolean passesThrough;
    private boolean needsNewConnection;
    private boolean responseStarted;
    private boolean tunnel;
    private boolean finished;

    Http2Exchange(LoopContext loop, Http2Downstream downstream) {
        super(loop);
        this.downstream = downstream;
        this.flow = new RequestFlow(loop, downstream.origin(), this);
        this.attempts = flow.attempts();
    }

    // ---- the request begins ---------------------------------------------------------------------------------------

    /** Takes a new downstream stream. {@link #headers} have been read. */
    void open(int streamId, int peerInitialWindow, boolean endStream) {
        flow.begin(endStream || asksForTunnel());
        request.source = downstream;
        request.sourceId = streamId;
        request.receiveWindow = FlowControl.STREAM_WINDOW;
        request.endReceived = endStream;
        response.sink = downstream;
        response.sinkId = streamId;
        response.sendWindow = peerInitialWindow;
    }

    /** What happens to the request by the rules. */
    RequestFlow flow() {
        return flow;
    }

    /** Does what the router has decided, but for what is to be passed through. */
    void follow(RequestRouter router, RequestDecision decision) {
        if (decision.match() != null && headers.addCommon()) {
            requestId.draw(loop.random());
            headers.setRequestId(requestId.text());
        }
        flow.follow(router, decision);
    }

    /** Sends the request, as it is, to one endpoint that no route has chosen. */
    void passThrough(UpstreamEndpoint destination) {
        loop.stats().passthroughRequests.increment();
        passesThrough = true;
        attempts.passThrough(destination);
    }

    @Override
    public String protocol() {
        return "HTTP/2";
    }

    @Override
    public RequestAttributes request() {
        return headers;
    }

    @Override
    public String pathAndQuery() {
        return String.valueOf(headers.block.path());
    }

    @Override
    public boolean isGrpc() {
        return headers.isGrpc();
    }

    @Override
    public @Nullable RequestTrace startTrace() {
        HeaderBlock head = headers.block;
        return loop.tracing().start(head.get(HeaderBlock.TRACEPARENT), head.get(HeaderBlock.TRACESTATE));
    }

    @Override
    public HeaderFields requestFields() {
        return headers.block;
    }

    @Override
    public void rewritePath(String path) {
        originalPath = headers.block.path();
        headers.block.setPath(new AsciiString(path.getBytes(StandardCharsets.ISO_8859_1), false));
    }

    @Override
    public void rewriteAuthority(String authority) {
        originalAuthority = headers.authority();
        headers.block.setAuthority(AsciiString.of(authority));
    }

    @Override
    void onData(Half half, ByteBuf in, int length) {
        if (half == request) {
            mirrors.data(in, length);
        }
    }

    @Override
    void onEndReceived(Half half) {
        if (half == request) {
            attempts.requestComplete();
            mirrors.end();
        }
    }

    @Override
    public void mirror(UpstreamEndpoint picked, UpstreamProtocol protocol) {
        mirrors.add(new Http2Mirror(loop, picked, protocol, headers.copyForMirror()), request);
    }

    @Override
    public boolean isMirrorable() {
        return !asksForTunnel();
    }

    /** Whether the stream is to carry another protocol in both directions (RFC 8441), without trailers. */
    boolean asksForTunnel() {
        return headers.block.isExtendedConnect();
    }

    // ---- attempts -------------------------------------------------------------------------------------------------

    @Override
    public void startAttempt(UpstreamEndpoint picked) {
        if (!passesThrough) {
            headers.setAttempt(attempts.number(), attempts.expectedMillis(), attempts.traceparent());
        }
        boolean fresh = needsNewConnection;
        needsNewConnection = false;
        submit(picked, attempts.upstreamProtocol(), fresh);
    }

    @Override
    HeaderBlock head() {
        return headers.block;
    }

    @Override
    void onOpened() {
        if (!request.endReceived && !asksForTunnel()) {
            attempts.awaitRequest();
        }
    }

    @Override
    boolean keepsForRetry(Half half) {
        return half == request && !responseStarted && request.replayedBytes == 0;
    }

    @Override
    void keepForRetry(ByteBuf in, int length) {
        replay.keep(in, length);
    }

    @Override
    void keepForRetry(HeaderBlock trailers) {
        replay.keep(trailers);
    }

    @Override
    public boolean isReplayable() {
        return replay.isPossible();
    }

    @Override
    public void dropAttempt() {
        resetUpstream(CANCEL);
        request.endSent = false;
        replay.requeue(request, loop);
    }

    // ---- the response ---------------------------------------------------------------------------------------------

    @Override
    public boolean hasResponded() {
        return responseStarted;
    }

    @Override
    void onResponseHeaders(HeaderBlock block, boolean endStream) throws Http2Exception {
        if (responseStarted) {
            if (endStream && block.isTrailers() && !tunnel) {
                noteGrpcStatus(block);
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
            return;
        }
        if (informational) {
            // The caller may have begun to send what it was told to: a second attempt would tell it again.
            replay.giveUp();
        } else if (retriesAfter(code, block, endStream)) {
            return;
        } else {
            startResponse(code, block, endStream);
        }
        downstream.writer().headers(response.sinkId, block, endStream);
        if (endStream) {
            finishIfDone();
        }
    }

    private boolean retriesAfter(int code, HeaderBlock block, boolean endStream) {
        if (passesThrough) {
            return false;
        }
        AsciiString grpcCode = isGrpc() ? block.get(HeaderBlock.GRPC_STATUS) : null;
        // What an attempt that is dropped has left to say is of no interest.
        response.endReceived = endStream;
        boolean retries = attempts.retriesAfter(
                code,
                grpcCode == null ? RetryRules.NO_GRPC_STATUS : GrpcStatus.parse(grpcCode),
                block.get(RATE_LIMITED) != null);
        response.endReceived = false;
        return retries;
    }

    private void startResponse(int code, HeaderBlock block, boolean endStream) {
        responseStarted = true;
        status = code;
        attempts.responding();
        if (asksForTunnel() && code < 300) {
            tunnel = true;
            attempts.tunnelling();
        }
        noteGrpcStatus(block);
        replay.giveUp();
        response.endReceived = endStream;
        response.endSent = endStream;
        if (!passesThrough) {
            block.set(SERVICE_TIME, RequestHeaders.number(attempts.serviceMillis()));
            if (block.get(HeaderBlock.DATE) == null) {
                block.add(HeaderBlock.DATE, loop.httpDate());
            }
            if (flow.changesResponse()) {
                flow.changeResponse(block);
            }
        }
    }

    private void noteGrpcStatus(HeaderBlock block) {
        if (flow.isTraced()) {
            grpcStatus = block.get(HeaderBlock.GRPC_STATUS);
        }
    }

    // ---- failures -------------------------------------------------------------------------------------------------

    @Override
    void failed(AttemptFailure failure, LocalReply reply, Resend resend) {
        if (responseStarted) {
            cutOff(String.valueOf(reply.flag()));
            return;
        }
        needsNewConnection = resend == Resend.ANYHOW || (resend == Resend.IF_IDEMPOTENT && isIdempotent());
        if (needsNewConnection && attempts.resend()) {
            return;
        }
        if (!attempts.retries(failure)) {
            flow.reply(reply);
        }
    }

    @Override
    void refused(LocalReply reply) {
        if (responseStarted) {
            cutOff(String.valueOf(reply.flag()));
        } else {
            flow.reply(reply);
        }
    }

    @Override
    void reset(long errorCode) {
        if (responseStarted) {
            flag = LocalReply.UPSTREAM_RESET.flag();
            detachUpstream();
            resetDownstream(errorCode);
        } else {
            super.reset(errorCode);
        }
    }

    /** The caller reset the stream, or is gone. */
    void onDownstreamGone() {
        flag = "DC";
        resetUpstream(CANCEL);
        finish();
    }

    @Override
    void abort(Http2Connection<?> offender, Http2Error error) {
        if (offender == downstream) {
            flag = "DPE";
            resetUpstream(CANCEL);
            resetDownstream(error.code());
        } else {
            onUpstreamMalformed();
        }
    }

    private boolean isIdempotent() {
        return switch (headers.method().toString()) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> false;
        };
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    @Override
    public void answer(Answer answer) {
        resetUpstream(CANCEL);
        status = answer.status();
        flag = answer.flag();
        responseStarted = true;
        replay.giveUp();
        FlowControl.discard(request, loop);
        if (downstream.ended) {
            finish();
            return;
        }
        boolean toHead = HEAD_METHOD.equals(headers.block.method());
        if (Http2Reply.write(answer, response, downstream, isGrpc(), toHead, loop)) {
            finishIfDone();
        } else {
            finish();
        }
    }

    @Override
    public void cutOff(String responseFlag) {
        flag = responseFlag;
        resetUpstream(CANCEL);
        resetDownstream((tunnel ? CANCEL : INTERNAL_ERROR).code());
    }

    private void resetDownstream(long errorCode) {
        if (!downstream.ended) {
            downstream.writer().resetStream(response.sinkId, errorCode);
        }
        finish();
    }

    @Override
    void finishIfDone() {
        if (finished || !response.endSent) {
            return;
        }
        if (request.endSent) {
            finish();
        } else if (isRestUnwanted()) {
            resetUpstream(CANCEL);
            if (!request.endReceived && !downstream.ended) {
                downstream.writer().resetStream(response.sinkId, NO_ERROR.code());
            }
            finish();
        }
    }

    /** Whether nobody takes what the caller may still send after the response. */
    private boolean isRestUnwanted() {
        if (tunnel) {
            return request.sink == null && request.other == null;
        }
        return request.sink == null || asksForTunnel();
    }

    private void finish() {
        if (finished) {
            return;
        }
        finished = true;
        mirrors.requestEnded();
        flow.end(status);
        FlowControl.discard(request, loop);
        FlowControl.discard(response, loop);
        detachUpstream();
        downstream.flow().unblock(response);
        downstream.exchangeEnded(this);
    }

    @Override
    public TracedRequest traced() {
        HeaderBlock head = headers.block;
        return flow.traced(
                "2",
                headers.method().toString(),
                String.valueOf(originalAuthority == null ? headers.authority() : originalAuthority),
                String.valueOf(originalPath == null ? head.path() : originalPath),
                headers.isGrpc(),
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
        headers.clear();
        replay.reset();
        grpcStatus = null;
        originalPath = null;
        originalAuthority = null;
        flag = null;
        status = 0;
        passesThrough = false;
        needsNewConnection = false;
        responseStarted = false;
        tunnel = false;
        finished = false;
    }
}
