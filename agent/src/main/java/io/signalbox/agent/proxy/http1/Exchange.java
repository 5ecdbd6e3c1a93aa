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
final class Exchange implements ExchangeSide {
    private static final byte[] NOTHING = {};

    private final LoopContext loop;
    private final Http1Downstream downstream;
    private final Origin origin;
    private final RequestRouter router;
    private final RequestFlow flow;
    private final Attempts attempts;
    private final OutgoingRequest outgoing;
    private final IncomingResponse incoming;
    private final DirectAttempt direct;
    private final ByteText headerText = new ByteText();
    private final ByteText tracestateText = new ByteText();
    private @Nullable Head request;
    private @Nullable UpstreamEndpoint endpoint;
    private @Nullable Attempt attempt;
    private @Nullable Tunnel tunnel;
    private int status;
    private @Nullable String flag;
    private boolean grpc;
    private boolean needsNewConnection;
    private boolean sending;
    private boolean responding;
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
        this.direct = new DirectAttempt(loop, this, attempts, downstream.output(), outgoing, incoming);
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
        boolean fresh = needsNewConnection;
        needsNewConnection = false;
        if (attempts.upstreamProtocol() == UpstreamProtocol.HTTP2) {
            startTranslated(picked);
        } else {
            attempt = direct;
            direct.start(picked, fresh);
        }
    }

    private void startTranslated(UpstreamEndpoint picked) {
        if (outgoing.edits().websocket && !outgoing.hasWebSocketKey()) {
            loop.stats().badRequests.increment();
            flow.reply(BadMessage.WEBSOCKET_KEY.reply());
            return;
        }
        TranslatedAttempt translated =
                new TranslatedAttempt(loop, this, picked, downstream.output(), outgoing, incoming);
        attempt = translated;
        translated.start(outgoing.headFor(attempts));
    }

    /** The head has been sent, and what was there of the body. */
    void sent() {
        if (!isRunning()) {
            return;
        }
        sending = true;
        if (!outgoing.isComplete()) {
            attempts.awaitRequest();
        }
        downstream.consume();
    }

    /** The running attempt takes more, or less, than before. */
    void attemptWritabilityChanged() {
        downstream.updateReading();
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
        return sending && (tunnel != null || !outgoing.isComplete());
    }

    boolean isUpstreamWritable() {
        return attempt == null || attempt.takesMore();
    }

    /** Takes bytes of the request's body, or of the tunnel. */
    void requestBytes(ByteBuf in) {
        if (tunnel != null) {
            tunnel.up(in);
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
        if (tunnel == null) {
            if (!outgoing.isComplete()) {
                downstream.close();
            }
        } else if (tunnel.callerEnds()) {
            tunnelOver();
        }
    }

    /** The caller is gone. */
    void abort() {
        if (isRunning()) {
            flag = "DC";
            leaveUpstream();
            end();
        }
        direct.close();
    }

    void downstreamWritabilityChanged() {
        if (attempt != null) {
            attempt.callerWritabilityChanged();
        }
    }

    // ---- the response ---------------------------------------------------------------------------------------------

    /**
     * The head of a response has come to the running attempt.
     *
     * @param grpcCode value of {@code grpc-status}; null: there is none
     * @return whether another attempt follows, and this one has been left
     */
    boolean retriesAfter(int code, @Nullable CharSequence grpcCode, boolean rateLimited) {
        int grpcStatus = grpc && grpcCode != null ? GrpcStatus.parse(grpcCode) : RetryRules.NO_GRPC_STATUS;
        return attempts.retriesAfter(code, grpcStatus, rateLimited);
    }

    /**
     * The head of the final response goes to the caller.
     *
     * @return whether the connection ends with it
     */
    boolean responds(int code) {
        responding = true;
        attempts.responding();
        outgoing.giveUpReplay();
        status = code;
        // A response that overtakes the request's body is often a refusal: nobody may want the rest of the body.
        closeAfterwards |= !outgoing.isComplete() || downstream.isEnding();
        return closeAfterwards;
    }

    /** All of the response has gone to the caller. */
    void responseEnded() {
        leaveUpstream();
        finish(closeAfterwards || !outgoing.isComplete());
    }

    /**
     * The running attempt has ended without a response, or in the midst of it.
     *
     * @param reply for a caller who gets no other attempt
     */
    void failed(AttemptFailure failure, LocalReply reply, Resend resend) {
        if (responding) {
            fail(reply);
            return;
        }
        needsNewConnection = resend == Resend.ANYHOW || (resend == Resend.IF_IDEMPOTENT && outgoing.isIdempotent());
        if (needsNewConnection && attempts.resend()) {
            return;
        }
        if (!attempts.retries(failure)) {
            flow.reply(reply);
        }
    }

    /** The request cannot go out, and would not elsewhere. */
    void refused(LocalReply reply) {
        fail(reply);
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

    // ---- the tunnel -----------------------------------------------------------------------------------------------

    /** The response says that the connection is a WebSocket from here on. */
    void switched() {
        Attempt running = attempt;
        if (running == null) {
            return;
        }
        status = 101;
        responding = true;
        tunnel = new Tunnel(running, downstream.output());
        attempts.tunnelling();
        outgoing.giveUpReplay();
        downstream.consume();
    }

    /** The endpoint says that nothing follows. */
    void tunnelEnded() {
        if (tunnel != null && tunnel.endpointEnds()) {
            tunnelOver();
        }
    }

    private void tunnelOver() {
        if (attempt != null) {
            attempt.tunnelOver();
        }
        leaveUpstream();
        finish(true);
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    private void leaveUpstream() {
        sending = false;
        Attempt running = attempt;
        if (running != null) {
            attempt = null;
            running.leave();
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
        tunnel = null;
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
