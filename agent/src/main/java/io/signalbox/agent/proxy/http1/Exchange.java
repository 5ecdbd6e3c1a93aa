package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.signalbox.agent.model.UpstreamProtocol;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.policy.GrpcStatus;
import io.signalbox.agent.policy.HeaderFields;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.policy.RetryRules;
import io.signalbox.agent.proxy.Answer;
import io.signalbox.agent.proxy.Attempts;
import io.signalbox.agent.proxy.ByteText;
import io.signalbox.agent.proxy.ExchangeSide;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Origin;
import io.signalbox.agent.proxy.RequestFlow;
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
 * A request with its response, over all attempts. A downstream connection has one, for one request after another.
 *
 * <p>Whether another attempt follows is the matter of {@link Attempts}. Apart from that, when a connection that was
 * used before ends without a byte of a response, as servers close idle connections at any moment, the request is sent
 * again on a new one, if all that was sent is still here, and the request is idempotent or has not left yet.
 */
final class Exchange implements ExchangeSide, ResponseReader {
    private static final byte[] NOTHING = {};

    private final LoopContext loop;
    private final Http1Downstream downstream;
    private final Origin origin;
    private final RequestRouter router;
    private final RequestFlow flow;
    private final Attempts attempts;
    private final OutgoingRequest outgoing;
    private final IncomingResponse incoming;
    private final ByteText headerText = new ByteText();
    private final ByteText tracestateText = new ByteText();
    private @Nullable Head request;
    private @Nullable UpstreamEndpoint endpoint;
    private @Nullable Http1Upstream upstream;
    private @Nullable TranslatedAttempt translated;
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
        this.outgoing = new OutgoingRequest(loop, alloc);
        this.incoming = new IncomingResponse(loop, flow);
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
        outgoing.begin(head);
        flow.begin(outgoing.isComplete());
        Upgrade upgrade = Upgrade.of(head);
        outgoing.edits().websocket = upgrade == Upgrade.WEBSOCKET;
        if (upgrade == Upgrade.OTHER) {
            flow.reply(LocalReply.UPGRADE_REFUSED);
        } else {
            decide();
        }
    }

    private void decide() {
        RequestDecision decision = router.decide(outgoing.view());
        if (decision.kind() == RequestDecision.Kind.PASSTHROUGH) {
            loop.stats().passthroughRequests.increment();
            passesThrough = true;
            outgoing.leaveAsItCame();
            attempts.passThrough(loop.upstreams().endpoint(origin.destinationEndpoint()));
        } else {
            outgoing.name();
            flow.follow(router, decision);
        }
    }

    @Override
    public String protocol() {
        return "HTTP/1.1";
    }

    @Override
    public RequestAttributes request() {
        return outgoing.view();
    }

    @Override
    public String pathAndQuery() {
        return outgoing.view().pathAndQuery();
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
        return outgoing.edits().fields;
    }

    @Override
    public void rewritePath(String path) {
        outgoing.edits().path = path.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void rewriteAuthority(String authority) {
        outgoing.edits().authority = authority;
    }

    // ---- attempts -------------------------------------------------------------------------------------------------

    @Override
    public void startAttempt(UpstreamEndpoint picked) {
        endpoint = picked;
        if (attempts.upstreamProtocol() == UpstreamProtocol.HTTP2) {
            startTranslated(picked);
            return;
        }
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
            return picked.http1Pool(loop, Http1Pool::new).take();
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
        if (!isRunning()) {
            return;
        }
        outgoing.sendTo(to.output(), attempts, reused);
        sending = true;
        to.setReading(downstream.output().isWritable());
        if (!outgoing.isComplete()) {
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
        return !outgoing.edits().websocket;
    }

    @Override
    public void mirror(UpstreamEndpoint picked, UpstreamProtocol protocol) {
        outgoing.mirror(picked, protocol);
    }

    @Override
    public boolean isReplayable() {
        return outgoing.isReplayable();
    }

    @Override
    public boolean hasResponded() {
        return responding;
    }

    // ---- the caller -----------------------------------------------------------------------------------------------

    /** Whether bytes from downstream belong to this request and can go on now. */
    boolean takesBytes() {
        return sending && (tunnel || !outgoing.isComplete());
    }

    boolean isUpstreamWritable() {
        return translated == null
                ? upstream == null || upstream.output().isWritable()
                : translated.call().isWritable();
    }

    /** Takes bytes of the request's body, or of the tunnel. */
    void requestBytes(ByteBuf in) {
        if (tunnel) {
            if (upstream != null) {
                upstream.output().write(in, in.readableBytes());
            }
            return;
        }
        BadMessage bad = outgoing.read(in);
        if (bad != null) {
            loop.stats().badRequests.increment();
            closeAfterwards = true;
            fail(bad.reply());
        } else if (outgoing.isComplete()) {
            attempts.requestComplete();
        }
    }

    /** The client has said that nothing follows; called when all that came before has been taken. */
    void downstreamEnded() {
        if (!tunnel) {
            if (!outgoing.isComplete()) {
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
        if (translated != null) {
            translated.call().listenerChanged();
        }
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
        return incoming.body();
    }

    @Override
    public void interimResponse(Head head) {
        // The caller may have begun to send what it was told to: a second attempt would tell it again.
        outgoing.giveUpReplay();
        HeadWriter.interim(head, downstream.output().buffer());
    }

    @Override
    public boolean retriesAfter(Head head) {
        return attempts.retriesAfter(head.status, RetryRules.NO_GRPC_STATUS, head.rateLimited);
    }

    @Override
    public void response(Head head, BodyReader body) {
        beginResponse(head.status);
        incoming.begin(head, body, downstream.output(), outgoing.isToHead(), passesThrough, closeAfterwards);
    }

    private void beginResponse(int code) {
        responding = true;
        attempts.responding();
        outgoing.giveUpReplay();
        status = code;
        // A response that overtakes the request's body is often a refusal: nobody may want the rest of the body.
        closeAfterwards |= !outgoing.isComplete() || downstream.isEnding();
    }

    @Override
    public void responseEnded(boolean reusable) {
        Http1Upstream from = upstream;
        if (from != null && reusable && outgoing.isComplete()) {
            upstream = null;
            from.detach();
            if (passesThrough) {
                passthroughConnection = from;
            } else {
                from.giveToPool();
            }
        }
        leaveUpstream();
        finish(closeAfterwards || !outgoing.isComplete());
    }

    @Override
    public void responseEndedByClose() {
        incoming.body().end(null);
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
        return reused && !lost.hasResponse() && outgoing.isReplayable() && (!left || outgoing.isIdempotent());
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
        flag = answer.flag();
        status = answer.status();
        responding = true;
        if (!closeAfterwards) {
            downstream.skipBody(outgoing.body());
        }
        boolean close = closeAfterwards || !outgoing.isComplete() || downstream.isEnding();
        HeadWriter.answer(answer, loop.httpDate(), downstream.output().buffer(), close);
        if (!outgoing.isToHead()) {
            byte[] body = answer.body();
            downstream.output().write(Unpooled.wrappedBuffer(body), body.length);
        }
        finish(close);
    }

    // ---- at an endpoint that speaks HTTP/2 ------------------------------------------------------------------------

    private void startTranslated(UpstreamEndpoint picked) {
        if (outgoing.edits().websocket) {
            flow.reply(LocalReply.WEBSOCKET_REFUSED);
            return;
        }
        TranslatedAttempt attempt = new TranslatedAttempt(loop, this, picked, downstream.output(), outgoing, incoming);
        translated = attempt;
        attempt.start(outgoing.headFor(attempts));
    }

    /** The head has been sent, and what was there of the body. */
    void callOpened() {
        if (!isRunning()) {
            return;
        }
        sending = true;
        if (!outgoing.isComplete()) {
            attempts.awaitRequest();
        }
        downstream.consume();
    }

    /** As {@link #retriesAfter}. */
    boolean callRetriesAfter(int code, @Nullable CharSequence grpcCode, boolean rateLimited) {
        int grpcStatus = grpc && grpcCode != null ? GrpcStatus.parse(grpcCode) : RetryRules.NO_GRPC_STATUS;
        return attempts.retriesAfter(code, grpcStatus, rateLimited);
    }

    /** Relays the head of the final response. */
    void callResponds(HeaderBlock head, long length, boolean bodiless) {
        beginResponse(head.statusCode());
        incoming.begin(head, downstream.output(), length, bodiless, closeAfterwards);
    }

    void callFailed(AttemptFailure failure, LocalReply reply, Resend resend) {
        if (responding) {
            fail(reply);
            return;
        }
        boolean harmless = resend == Resend.ANYHOW || (resend == Resend.IF_IDEMPOTENT && outgoing.isIdempotent());
        if (harmless && attempts.resend()) {
            return;
        }
        if (!attempts.retries(failure)) {
            flow.reply(reply);
        }
    }

    void callRefused(LocalReply reply) {
        fail(reply);
    }

    // ---- the tunnel -----------------------------------------------------------------------------------------------

    @Override
    public void protocolSwitched(Head head) {
        if (!outgoing.edits().websocket) {
            responseBroken();
            return;
        }
        incoming.switched(head, downstream.output(), passesThrough);
        status = head.status;
        responding = true;
        tunnel = true;
        attempts.tunnelling();
        outgoing.giveUpReplay();
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
        if (translated != null) {
            TranslatedAttempt left = translated;
            translated = null;
            left.call().cancel();
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
        outgoing.end();
        incoming.end();
        passesThrough = false;
        tunnel = false;
        headerText.pointTo(NOTHING, 0, 0);
        tracestateText.pointTo(NOTHING, 0, 0);
        HeadPool.ofThisLoop().give(ended);
    }

    @Override
    public TracedRequest traced() {
        return flow.traced(
                "1.1",
                outgoing.view().method().toString(),
                outgoing.view().authority().toString(),
                outgoing.view().pathAndQuery(),
                grpc,
                status,
                null,
                flag,
                outgoing.bytes(),
                incoming.bytes());
    }
}
