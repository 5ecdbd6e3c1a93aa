package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.proxy.Attempts;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Resend;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of an exchange at endpoints that speak HTTP/1.1, one after another: what came on one connection leaves
 * on another. Requests that are passed through have a connection of their own, which stays with the caller's.
 */
final class DirectAttempt implements Attempt, ResponseReader {
    private final LoopContext loop;
    private final Exchange exchange;
    private final Attempts attempts;
    private final Output caller;
    private final OutgoingRequest outgoing;
    private final IncomingResponse incoming;
    private @Nullable Http1Upstream upstream;
    private @Nullable Http1Upstream passthroughConnection;
    private boolean reused;
    private boolean sent;

    DirectAttempt(
            LoopContext loop,
            Exchange exchange,
            Attempts attempts,
            Output caller,
            OutgoingRequest outgoing,
            IncomingResponse incoming) {
        this.loop = loop;
        this.exchange = exchange;
        this.attempts = attempts;
        this.caller = caller;
        this.outgoing = outgoing;
        this.incoming = incoming;
    }

    // ---- the request ----------------------------------------------------------------------------------------------

    /**
     * Sends the request, as soon as there is a connection.
     *
     * @param onNewConnection whether a connection that was used before will not do
     */
    void start(UpstreamEndpoint endpoint, boolean onNewConnection) {
        Http1Upstream idle = onNewConnection ? null : takeIdle(endpoint);
        reused = idle != null;
        if (idle == null) {
            Http1Upstream connection = new Http1Upstream(loop, endpoint);
            upstream = connection;
            connection.connect(this);
        } else {
            upstream = idle;
            idle.lend(this);
            send(idle);
        }
    }

    private @Nullable Http1Upstream takeIdle(UpstreamEndpoint endpoint) {
        if (!outgoing.isAsItCame()) {
            return endpoint.http1Pool(loop, Http1Pool::new).take();
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

    private void send(Http1Upstream to) {
        outgoing.sendTo(to.output(), attempts, reused);
        sent = true;
        to.setReading(caller.isWritable());
        exchange.sent();
    }

    @Override
    public boolean takesMore() {
        return upstream == null || upstream.output().isWritable();
    }

    @Override
    public void upstreamWritabilityChanged() {
        exchange.attemptWritabilityChanged();
    }

    @Override
    public void callerWritabilityChanged() {
        if (upstream != null && sent) {
            upstream.setReading(caller.isWritable());
        }
    }

    @Override
    public void leave() {
        sent = false;
        Http1Upstream left = upstream;
        if (left != null) {
            upstream = null;
            left.abandon();
        }
    }

    /** The caller is gone, and with it the connection for what it let pass through. */
    void close() {
        if (passthroughConnection != null) {
            passthroughConnection.close();
            passthroughConnection = null;
        }
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
        HeadWriter.interim(head, caller.buffer());
    }

    @Override
    public boolean retriesAfter(Head head) {
        return exchange.retriesAfter(head.status, null, head.rateLimited);
    }

    @Override
    public void response(Head head, BodyReader body) {
        boolean close = exchange.responds(head.status);
        incoming.begin(head, body, caller, outgoing.isToHead(), outgoing.isAsItCame(), close);
    }

    @Override
    public void responseEnded(boolean reusable) {
        Http1Upstream from = upstream;
        if (from != null && reusable && outgoing.isComplete()) {
            upstream = null;
            from.detach();
            if (outgoing.isAsItCame()) {
                passthroughConnection = from;
            } else {
                from.giveToPool();
            }
        }
        exchange.responseEnded();
    }

    @Override
    public void responseEndedByClose() {
        incoming.body().end(null);
        responseEnded(false);
    }

    // ---- failures -------------------------------------------------------------------------------------------------

    @Override
    public void connectFailed() {
        exchange.failed(AttemptFailure.CONNECT_FAILURE, LocalReply.CONNECT_FAILED, Resend.NEVER);
    }

    @Override
    public void overflowed() {
        exchange.refused(LocalReply.OVERFLOW);
    }

    @Override
    public void responseBroken() {
        exchange.failed(AttemptFailure.RESET, LocalReply.UPSTREAM_MALFORMED, Resend.NEVER);
    }

    @Override
    public void upstreamLost() {
        Http1Upstream lost = upstream;
        if (lost == null) {
            return;
        }
        boolean left = lost.output().hasFlushed();
        boolean stale = reused && !lost.hasResponse();
        exchange.failed(
                left ? AttemptFailure.RESET : AttemptFailure.RESET_BEFORE_REQUEST,
                LocalReply.UPSTREAM_CLOSED,
                !stale ? Resend.NEVER : left ? Resend.IF_IDEMPOTENT : Resend.ANYHOW);
    }

    // ---- the tunnel -----------------------------------------------------------------------------------------------

    @Override
    public void protocolSwitched(Head head) {
        if (outgoing.edits().websocket) {
            incoming.switched(head, caller, outgoing.isAsItCame());
            exchange.switched();
        } else {
            responseBroken();
        }
    }

    @Override
    public void tunnelUp(ByteBuf in) {
        if (upstream != null) {
            upstream.output().write(in, in.readableBytes());
        }
    }

    @Override
    public void tunnelUpEnded() {
        if (upstream != null) {
            upstream.output().shutdownAfterwards(() -> {});
        }
    }

    @Override
    public void tunnelOver() {
        Http1Upstream over = upstream;
        if (over != null) {
            upstream = null;
            over.closeAfterOutput();
        }
    }

    @Override
    public void tunnelDown(ByteBuf in) {
        caller.write(in, in.readableBytes());
    }

    @Override
    public void tunnelUpstreamEnded() {
        exchange.tunnelEnded();
    }
}
