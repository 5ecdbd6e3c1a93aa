package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.proxy.CallListener;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Resend;
import io.signalbox.agent.proxy.UpstreamCall;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of an exchange at an endpoint that speaks HTTP/2. A response whose body is not as long as it says is cut
 * off, since the caller would read the rest as another response. Confined to the event loop.
 */
final class TranslatedAttempt implements Attempt, CallListener {
    private static final AsciiString RATE_LIMITED = AsciiString.cached("x-envoy-ratelimited");

    private final Exchange exchange;
    private final Output caller;
    private final OutgoingRequest outgoing;
    private final IncomingResponse incoming;
    private final UpstreamCall call;
    private long remaining = Long.MAX_VALUE;
    private boolean toldLength;
    private boolean tunnel;

    TranslatedAttempt(
            LoopContext loop,
            Exchange exchange,
            UpstreamEndpoint endpoint,
            Output caller,
            OutgoingRequest outgoing,
            IncomingResponse incoming) {
        this.exchange = exchange;
        this.caller = caller;
        this.outgoing = outgoing;
        this.incoming = incoming;
        this.call = loop.translation().toHttp2().call(loop, endpoint, this);
    }

    /** Sends the request, as soon as there is a connection. */
    void start(HeaderBlock head) {
        call.start(head, !outgoing.hasBody() && !head.isExtendedConnect(), false);
    }

    @Override
    public boolean takesMore() {
        return call.isWritable();
    }

    @Override
    public void callerWritabilityChanged() {
        call.listenerChanged();
    }

    @Override
    public void tunnelUp(ByteBuf in) {
        call.data(in, in.readableBytes());
    }

    @Override
    public void tunnelUpEnded() {
        call.end(null);
    }

    @Override
    public void tunnelOver() {
        call.cancel(); // which lets leave what is on its way
    }

    @Override
    public void leave() {
        call.cancel();
    }

    @Override
    public void opened() {
        outgoing.sendTo(call);
        exchange.sent();
    }

    @Override
    public void writabilityChanged() {
        exchange.attemptWritabilityChanged();
    }

    @Override
    public void interim(HeaderBlock head) {
        outgoing.giveUpReplay();
        BlockWriter.response(head, caller.buffer(), BlockWriter.NO_LENGTH, false, false);
    }

    @Override
    public void response(HeaderBlock head, boolean end) {
        int status = head.statusCode();
        if (outgoing.edits().websocket && status < 300) {
            switched(head, end);
            return;
        }
        long length = BlockWriter.contentLength(head);
        boolean bodiless = outgoing.isToHead() || status == 204 || status == 304;
        if (length == BlockWriter.BAD_LENGTH || (end && !bodiless && length > 0)) {
            broken();
            return;
        }
        if (exchange.retriesAfter(status, head.get(HeaderBlock.GRPC_STATUS), head.get(RATE_LIMITED) != null)) {
            return;
        }
        long told = end && !bodiless ? 0 : length;
        toldLength = bodiless || told >= 0;
        remaining = bodiless ? 0 : told >= 0 ? told : Long.MAX_VALUE;
        incoming.begin(head, caller, told, bodiless, exchange.responds(status));
        if (end) {
            exchange.responseEnded();
        }
    }

    private void switched(HeaderBlock head, boolean end) {
        if (exchange.retriesAfter(head.statusCode(), null, false)) {
            return;
        }
        tunnel = true;
        incoming.switched(head, caller, outgoing.webSocketAccept());
        exchange.switched();
        if (end) {
            exchange.tunnelEnded();
        }
    }

    @Override
    public void data(ByteBuf in, int length) {
        if (tunnel) {
            caller.write(in, length);
            return;
        }
        if (length > remaining) {
            in.skipBytes(length);
            broken();
            return;
        }
        if (toldLength) {
            remaining -= length;
        }
        incoming.body().data(in, length);
    }

    @Override
    public void end(@Nullable HeaderBlock trailers) {
        if (tunnel) {
            exchange.tunnelEnded();
            return;
        }
        if (toldLength && remaining > 0) {
            broken();
            return;
        }
        incoming.end(trailers, caller);
        exchange.responseEnded();
    }

    private void broken() {
        exchange.failed(AttemptFailure.RESET, LocalReply.UPSTREAM_MALFORMED, Resend.NEVER);
    }

    @Override
    public boolean isWritable() {
        return caller.isWritable();
    }

    @Override
    public void failed(AttemptFailure failure, LocalReply reply, Resend resend) {
        exchange.failed(failure, reply, resend);
    }

    @Override
    public void refused(LocalReply reply) {
        exchange.refused(reply);
    }
}
