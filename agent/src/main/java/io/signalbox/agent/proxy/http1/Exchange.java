package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.policy.GrpcStatus;
import io.signalbox.agent.policy.HeaderFields;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.policy.PathNormalizer;
import io.signalbox.agent.policy.RetryRules;
import io.signalbox.agent.proxy.Answer;
import io.signalbox.agent.proxy.Attempts;
import io.signalbox.agent.proxy.ByteText;
import io.signalbox.agent.proxy.ExchangeSide;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Origin;
import io.signalbox.agent.proxy.RequestFlow;
import io.signalbox.agent.proxy.RequestId;
import io.signalbox.agent.proxy.RequestRouter;
import io.signalbox.agent.proxy.RequestTrace;
import io.signalbox.agent.proxy.TracedRequest;
import io.signalbox.agent.routing.RequestAttributes;
import io.signalbox.agent.routing.RequestDecision;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request with its response, over all attempts. A downstream connection has one, for one request after another.
 *
 * <p>Whether another attempt follows is the matter of {@link Attempts}. Apart from that, when a connection that was
 * used before ends without a byte of a response, as servers close idle connections at any moment, the request is sent
 * again on a new one, if all that was sent is still here, and the request is idempotent or has not left yet.
 */
final class Exchange implements ExchangeSide, ResponseReader {
    private static final byte[] HEAD = Ascii.bytes("HEAD");

    private final LoopContext loop;
    private final Http1Downstream downstream;
    private final Origin origin;
    private final RequestRouter router;
    private final RequestFlow flow;
    private final Attempts attempts;
    private final RequestView view = new RequestView();
    private final RequestEdits edits = new RequestEdits();
    private final ResponseEdits responseEdits = new ResponseEdits();
    private final RequestId requestId = new RequestId();
    private final BodyReader requestBody = new BodyReader();
    private final BodyWriter requestWriter = new BodyWriter();
    private final BodyWriter responseWriter = new BodyWriter();
    private final Replay replay;
    private final ByteBufAllocator alloc;
    private List<Http1Mirror> mirrors = List.of();
    private final ByteText headerText = new ByteText();
    private final ByteText tracestateText = new ByteText();
    private @Nullable Head request;
    private @Nullable UpstreamEndpoint endpoint;
    private @Nullable Http1Upstream upstream;
    private @Nullable Http1Upstream passthroughConnection;
    private int status;
    private @Nullable String flag;
    private boolean grpc;
    private boolean passesThrough;
    private boolean reused;
    private boolean needsNewConnection;
    private boolean sending;
    private boolean responding;
    private boolean tunnel;
    private boolean callerEnded;
    private boolean serverEnded;
    private boolean closeAfterwards;

    Exchange(LoopContext loop, Origin origin, Http1Downstream downstream, ByteBufAllocator alloc) {
        this.loop = loop;
        this.downstream = downstream;
        this.origin = origin;
        this.router = new RequestRouter(loop, origin);
        this.flow = new RequestFlow(loop, origin, this);
        this.attempts = flow.attempts();
        this.alloc = alloc;
        this.replay = new Replay(alloc);
    }

    boolean isRunning() {
        return request != null;
    }

    // ---- the request begins ---------------------------------------------------------------------------------------

    /** Begins with a well-formed head, which belongs to the exchange from now on. */
    void begin(Head head) {
        request = head;
        status = 0;
        flag = null;
        responding = false;
        needsNewConnection = false;
        tunnel = false;
        callerEnded = false;
        serverEnded = false;
        closeAfterwards = head.close;
        CharSequence contentType = head.value(head.contentTypeField, headerText);
        grpc = contentType != null && GrpcStatus.isGrpc(contentType);
        if (head.chunked) {
            requestBody.startChunked();
        } else {
            requestBody.startLength(Math.max(0, head.contentLength));
        }
        requestWriter.start(head.chunked, replay);
        flow.begin(requestBody.isDone());
        edits.path = PathNormalizer.normalize(head.bytes, head.pathFrom, head.targetTo);
        view.pointTo(head, edits.path);
        Upgrade upgrade = Upgrade.of(head);
        edits.websocket = upgrade == Upgrade.WEBSOCKET;
        if (upgrade == Upgrade.OTHER) {
            flow.reply(LocalReply.UPGRADE_REFUSED);
        } else {
            decide(head);
        }
    }

    private void decide(Head head) {
        RequestDecision decision = router.decide(view);
        if (decision.kind() == RequestDecision.Kind.PASSTHROUGH) {
            loop.stats().passthroughRequests.increment();
            passesThrough = true;
            edits.path = null;
            edits.asItCame = true;
            attempts.passThrough(loop.upstreams().endpoint(origin.destinationEndpoint()));
            return;
        }
        if (!head.hasRequestId) {
            requestId.draw(loop.random());
            edits.requestId = requestId.text();
        }
        flow.follow(router, decision);
    }

    @Override
    public String protocol() {
        return "HTTP/1.1";
    }

    @Override
    public RequestAttributes request() {
        return view;
    }

    @Override
    public String pathAndQuery() {
        return view.pathAndQuery();
    }

    @Override
    public boolean isGrpc() {
        return grpc;
    }

    @Override
    public @Nullable RequestTrace startTrace() {
        Head head = request;
        return head == null
                ? null
                : loop.tracing()
                        .start(
                                head.value(head.traceparentField, headerText),
                                head.value(head.tracestateField, tracestateText));
    }

    @Override
    public HeaderFields requestFields() {
        return edits.fields;
    }

    @Override
    public void rewritePath(String path) {
        edits.path = path.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void rewriteAuthority(String authority) {
        edits.authority = authority;
    }

    // ---- attempts -------------------------------------------------------------------------------------------------

    @Override
    public void startAttempt(UpstreamEndpoint picked) {
        endpoint = picked;
        Http1Upstream idle = needsNewConnection ? null : takeIdle(picked);
        needsNewConnection = false;
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
        if (!passesThrough) {
            return picked.http1Pool(Http1Pool::new).take();
        }
        Http1Upstream own = passthroughConnection;
        passthroughConnection = null;
        return own != null && own.isUsable() ? own : null;
    }

    @Override
    public void connected(Http1Upstream open) {
        if (upstream != null) {
            upstream = open;
            send(open);
        }
    }

    @Override
    public void overflowed() {
        flow.reply(LocalReply.OVERFLOW);
    }

    private void send(Http1Upstream to) {
        Head head = request;
        if (head == null) {
            return;
        }
        edits.attempt = attempts.number();
        edits.expectedMillis = attempts.expectedMillis();
        edits.traceparent = attempts.traceparent();
        HeadWriter.request(head, to.output().buffer(), edits);
        if (reused || attempts.keepsBody()) {
            replay.record();
        }
        replay.sendTo(to.output());
        requestWriter.sendTo(to.output());
        sending = true;
        to.setReading(downstream.output().isWritable());
        if (!requestBody.isDone()) {
            attempts.awaitRequest();
        }
        downstream.consume();
    }

    @Override
    public void connectFailed() {
        if (!attempts.retries(AttemptFailure.CONNECT_FAILURE)) {
            flow.reply(LocalReply.CONNECT_FAILED);
        }
    }

    @Override
    public void dropAttempt() {
        leaveUpstream();
    }

    @Override
    public boolean isMirrorable() {
        return !edits.websocket;
    }

    @Override
    public void mirror(UpstreamEndpoint picked) {
        Head head = request;
        if (head == null) {
            return;
        }
        edits.attempt = 1;
        ByteBuf copied = alloc.buffer();
        HeadWriter.request(head, copied, edits);
        Http1Mirror mirror = new Http1Mirror(loop, picked, copied, head.isMethod(HEAD));
        mirrors = mirrors.isEmpty() ? new ArrayList<>() : mirrors;
        mirrors.add(mirror);
        requestWriter.mirrorTo(mirrors);
        if (requestBody.isDone()) {
            mirror.requestComplete();
        }
        mirror.start();
    }

    @Override
    public boolean isReplayable() {
        return replay.isComplete();
    }

    @Override
    public boolean hasResponded() {
        return responding;
    }

    // ---- the caller -----------------------------------------------------------------------------------------------

    /** Whether bytes from downstream belong to this request and can go on now. */
    boolean takesBytes() {
        return sending && (tunnel || !requestBody.isDone());
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
            fail(bad.reply());
        } else if (requestBody.isDone()) {
            mirrors.forEach(Http1Mirror::requestComplete);
            attempts.requestComplete();
        }
    }

    /** The client has said that nothing follows; called when all that came before has been taken. */
    void downstreamEnded() {
        if (!tunnel) {
            if (!requestBody.isDone()) {
                downstream.close();
            }
        } else if (serverEnded) {
            if (upstream != null) {
                upstream.output().flush();
            }
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

    @Override
    public void upstreamWritabilityChanged() {
        downstream.updateReading();
    }

    // ---- the response ---------------------------------------------------------------------------------------------

    @Override
    public BodySink responseBody() {
        return responseWriter;
    }

    @Override
    public void interimResponse(Head head) {
        // The caller may have begun to send what it was told to: a second attempt would tell it again.
        replay.giveUp();
        HeadWriter.interim(head, downstream.output().buffer());
    }

    @Override
    public boolean retriesAfter(Head head) {
        return attempts.retriesAfter(head.status, RetryRules.NO_GRPC_STATUS, head.rateLimited);
    }

    @Override
    public void response(Head head, BodyReader body) {
        responding = true;
        attempts.responding();
        replay.forget();
        status = head.status;
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
        responseEdits.clear();
        if (!passesThrough) {
            responseEdits.serviceMillis = attempts.serviceMillis();
            responseEdits.date = head.hasDate ? null : loop.httpDate();
            if (flow.changesResponse()) {
                flow.changeResponse(responseEdits.fields);
            }
        }
        HeadWriter.response(head, downstream.output().buffer(), length, chunked, closeAfterwards, responseEdits);
        responseWriter.start(chunked && !bodiless, null);
        responseWriter.sendTo(downstream.output());
    }

    @Override
    public void responseEnded(boolean reusable) {
        Http1Upstream from = upstream;
        if (from != null && reusable && requestBody.isDone()) {
            upstream = null;
            from.detach();
            if (passesThrough) {
                passthroughConnection = from;
            } else {
                from.giveToPool();
            }
        }
        leaveUpstream();
        finish(closeAfterwards || !requestBody.isDone());
    }

    @Override
    public void responseEndedByClose() {
        responseWriter.end(null);
        responseEnded(false);
    }

    @Override
    public void responseBroken() {
        if (responding || !attempts.retries(AttemptFailure.RESET)) {
            fail(LocalReply.UPSTREAM_MALFORMED);
        }
    }

    @Override
    public void upstreamLost() {
        Http1Upstream lost = upstream;
        if (responding || lost == null) {
            fail(LocalReply.UPSTREAM_CLOSED);
            return;
        }
        boolean left = lost.output().hasFlushed();
        needsNewConnection = isWorthResending(lost, left);
        if (needsNewConnection && attempts.resend()) {
            return;
        }
        if (!attempts.retries(left ? AttemptFailure.RESET : AttemptFailure.RESET_BEFORE_REQUEST)) {
            flow.reply(LocalReply.UPSTREAM_CLOSED);
        }
    }

    private boolean isWorthResending(Http1Upstream lost, boolean left) {
        return reused
                && !lost.hasResponse()
                && replay.isComplete()
                && request != null
                && (!left || Methods.isIdempotent(request));
    }

    /** Answers instead of the upstream; when its answer has begun already, the caller can only be cut off. */
    private void fail(LocalReply reply) {
        if (responding) {
            cutOff(String.valueOf(reply.flag()));
        } else {
            flow.reply(reply);
        }
    }

    @Override
    public void cutOff(String responseFlag) {
        flag = responseFlag;
        leaveUpstream();
        end();
        downstream.cutOff();
    }

    @Override
    public void answer(Answer answer) {
        leaveUpstream();
        Head head = request;
        flag = answer.flag();
        status = answer.status();
        responding = true;
        if (!closeAfterwards) {
            downstream.skipBody(requestBody);
        }
        boolean close = closeAfterwards || !requestBody.isDone() || downstream.isEnding();
        HeadWriter.answer(answer, loop.httpDate(), downstream.output().buffer(), close);
        if (head == null || !head.isMethod(HEAD)) {
            byte[] body = answer.body();
            downstream.output().write(Unpooled.wrappedBuffer(body), body.length);
        }
        finish(close);
    }

    // ---- the tunnel -----------------------------------------------------------------------------------------------

    @Override
    public void protocolSwitched(Head head) {
        if (!edits.websocket) {
            responseBroken();
            return;
        }
        HeadWriter.interim(head, downstream.output().buffer());
        status = head.status;
        responding = true;
        tunnel = true;
        attempts.tunnelling();
        replay.forget();
        downstream.consume();
    }

    @Override
    public void tunnelDown(ByteBuf in) {
        downstream.output().write(in, in.readableBytes());
    }

    @Override
    public void tunnelUpstreamEnded() {
        if (callerEnded) {
            leaveUpstream();
            finish(true);
        } else {
            serverEnded = true;
            downstream.output().shutdownAfterwards(() -> {});
        }
    }

    // ---- the end --------------------------------------------------------------------------------------------------

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
        flow.end(status);
        request = null;
        mirrors.forEach(Http1Mirror::requestEnded);
        mirrors = List.of();
        requestBody.stop();
        requestWriter.forget();
        responseWriter.forget();
        replay.forget();
        edits.clear();
        responseEdits.clear();
        passesThrough = false;
        tunnel = false;
        HeadPool.ofThisLoop().give(ended);
    }

    @Override
    public TracedRequest traced() {
        return flow.traced(
                "1.1",
                view.method().toString(),
                view.authority().toString(),
                view.pathAndQuery(),
                grpc,
                status,
                null,
                flag,
                requestWriter.bytes(),
                responseWriter.bytes());
    }
}
