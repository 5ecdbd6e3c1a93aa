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
 * A request of a caller who does not speak HTTP/1.1, on a connection that it has for itself until its response has
 * ended. Ending it before closes that connection.
 *
 * <p>An extended CONNECT goes out as the request that asks a server of HTTP/1.1 for a WebSocket; once the server has
 * switched to it, the connection carries what both sides send, and its half-closed states are the ends of the two.
 */
public final class Http1Call implements UpstreamCall, ResponseReader {
    private static final AsciiString HEAD = AsciiString.cached("HEAD");
    private static final AsciiString POST = AsciiString.cached("POST");
    private static final AsciiString PUT = AsciiString.cached("PUT");
    private static final AsciiString PATCH = AsciiString.cached("PATCH");
    private static final LocalReply WRONG_LENGTH =
            LocalReply.badRequest("the body is not as long as content-length says");

    private final LoopContext loop;
    private final UpstreamEndpoint endpoint;
    private final CallListener listener;
    private final HeaderBlock response = new HeaderBlock();
    private final BodySink body = new ResponseBody();
    private HeaderBlock request = response;
    private @Nullable Http1Upstream upstream;
    private @Nullable HeaderBlock trailers;
    private long remaining = BlockWriter.NO_LENGTH;
    private boolean chunked;
    private boolean toHead;
    private boolean open;
    private boolean complete;
    private boolean reused;
    private boolean endsWithHead;
    private @Nullable String webSocketKey;
    private boolean switched;
    private boolean endpointEnded;

    public Http1Call(LoopContext loop, UpstreamEndpoint endpoint, CallListener listener) {
        this.loop = loop;
        this.endpoint = endpoint;
        this.listener = listener;
    }

    // ---- the request ----------------------------------------------------------------------------------------------

    @Override
    public void start(HeaderBlock head, boolean requestComplete, boolean onNewConnection) {
        LocalReply problem = BlockWriter.problem(head);
        if (problem != null) {
            loop.stats().badRequests.increment();
            listener.refused(problem);
            return;
        }
        request = head;
        complete = requestComplete;
        Http1Upstream idle = onNewConnection
                ? null
                : endpoint.http1Pool(loop, Http1Pool::new).take();
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

    @Override
    public void connected(Http1Upstream connection) {
        if (upstream != null) {
            upstream = connection;
            send(connection);
        }
    }

    private void send(Http1Upstream to) {
        AsciiString method = request.method();
        toHead = HEAD.equals(method);
        if (request.isExtendedConnect()) {
            webSocketKey = WebSocketKey.draw(loop.random());
            remaining = Long.MAX_VALUE;
            BlockWriter.upgrade(request, to.output().buffer(), webSocketKey);
            sent(to);
            return;
        }
        long length = BlockWriter.contentLength(request);
        if (complete && length > 0) {
            fail(WRONG_LENGTH);
            return;
        }
        boolean tellsNone = complete && (POST.equals(method) || PUT.equals(method) || PATCH.equals(method));
        chunked = !complete && length == BlockWriter.NO_LENGTH;
        remaining = length;
        BlockWriter.request(request, to.output().buffer(), tellsNone ? 0 : length, chunked);
        sent(to);
    }

    private void sent(Http1Upstream to) {
        open = true;
        to.setReading(listener.isWritable());
        listener.opened();
    }

    @Override
    public boolean isWritable() {
        return open
                && (webSocketKey == null || switched)
                && upstream != null
                && upstream.isUsable()
                && upstream.output().isWritable();
    }

    @Override
    public void data(ByteBuf in, int length) {
        Http1Upstream to = upstream;
        if (to == null || length == 0) {
            in.skipBytes(length);
        } else if (chunked) {
            BodyWriter.chunk(to.output(), in, length);
        } else if (length > remaining) {
            in.skipBytes(length);
            fail(WRONG_LENGTH);
        } else {
            remaining -= length;
            to.output().write(in, length);
        }
    }

    @Override
    public void end(@Nullable HeaderBlock requestTrailers) {
        Http1Upstream to = upstream;
        if (to == null || complete) {
            return;
        }
        complete = true;
        if (switched) {
            to.output().shutdownAfterwards(() -> {});
        } else if (webSocketKey != null) {
            // Said when the server has switched.
            return;
        } else if (chunked) {
            BlockWriter.lastChunk(requestTrailers, to.output().buffer());
        } else if (remaining > 0) {
            fail(WRONG_LENGTH);
        }
    }

    @Override
    public void listenerChanged() {
        if (open && upstream != null) {
            upstream.setReading(listener.isWritable());
        }
    }

    @Override
    public void cancel() {
        Http1Upstream left = upstream;
        upstream = null;
        if (left == null) {
            return;
        }
        if (complete && endpointEnded) {
            left.closeAfterOutput();
        } else {
            left.abandon();
        }
    }

    // ---- the response ---------------------------------------------------------------------------------------------

    @Override
    public void interimResponse(Head head) {
        BlockReader.response(head, response);
        listener.interim(response);
    }

    @Override
    public boolean retriesAfter(Head head) {
        if (webSocketKey != null && head.status < 300) {
            // In HTTP/2 it would say that the tunnel is there.
            fail(LocalReply.WEBSOCKET_NOT_TAKEN);
            return true;
        }
        return false; // for the listener to decide, who may cancel the call
    }

    @Override
    public void response(Head head, BodyReader reader) {
        BlockReader.response(head, response);
        if (toHead || head.status == 204 || head.status == 304) {
            reader.startNone();
        } else if (head.chunked) {
            reader.startChunked();
        } else if (head.contentLength >= 0) {
            reader.startLength(head.contentLength);
        } else {
            reader.startUntilClose();
        }
        // A response that ends here is told once its connection can take another request.
        endsWithHead = reader.isDone();
        if (!endsWithHead) {
            listener.response(response, false);
        }
    }

    @Override
    public BodySink responseBody() {
        return body;
    }

    @Override
    public void responseEnded(boolean reusable) {
        Http1Upstream from = upstream;
        if (from == null) {
            return;
        }
        upstream = null;
        if (reusable && (complete || webSocketKey != null)) {
            from.detach();
            from.giveToPool();
        } else {
            from.abandon();
        }
        if (endsWithHead) {
            listener.response(response, true);
        } else {
            listener.end(trailers);
        }
    }

    @Override
    public void responseEndedByClose() {
        responseEnded(false);
    }

    // ---- failures -------------------------------------------------------------------------------------------------

    @Override
    public void connectFailed() {
        fail(AttemptFailure.CONNECT_FAILURE, LocalReply.CONNECT_FAILED, Resend.NEVER);
    }

    @Override
    public void overflowed() {
        fail(LocalReply.OVERFLOW);
    }

    @Override
    public void responseBroken() {
        fail(AttemptFailure.RESET, LocalReply.UPSTREAM_MALFORMED, Resend.NEVER);
    }

    @Override
    public void upstreamLost() {
        Http1Upstream lost = upstream;
        if (lost == null) {
            return;
        }
        boolean left = lost.output().hasFlushed();
        boolean stale = reused && !lost.hasResponse();
        fail(
                left ? AttemptFailure.RESET : AttemptFailure.RESET_BEFORE_REQUEST,
                LocalReply.UPSTREAM_CLOSED,
                !stale ? Resend.NEVER : left ? Resend.IF_IDEMPOTENT : Resend.ANYHOW);
    }

    private void fail(AttemptFailure failure, LocalReply reply, Resend resend) {
        cancel();
        listener.failed(failure, reply, resend);
    }

    private void fail(LocalReply reply) {
        cancel();
        listener.refused(reply);
    }

    @Override
    public void upstreamWritabilityChanged() {
        if (isWritable()) {
            listener.writabilityChanged();
        }
    }

    @Override
    public void protocolSwitched(Head head) {
        String key = webSocketKey;
        if (key == null || !Upgrade.isToWebSocket(head) || !WebSocketKey.isAccepted(head, key)) {
            responseBroken(); // nobody asked for it, or whoever answers did not understand what was asked for
            return;
        }
        switched = true;
        BlockReader.switched(head, response);
        listener.response(response, false);
        Http1Upstream to = upstream;
        if (to != null && complete) {
            to.output().shutdownAfterwards(() -> {});
        } else if (to != null) {
            listener.writabilityChanged();
        }
    }

    @Override
    public void tunnelDown(ByteBuf in) {
        body.data(in, in.readableBytes());
    }

    @Override
    public void tunnelUpstreamEnded() {
        endpointEnded = true;
        listener.end(null);
    }

    /** Passes the response's body on. */
    private final class ResponseBody implements BodySink {
        @Override
        public void data(ByteBuf in, int length) {
            if (upstream == null) {
                in.skipBytes(length);
                return;
            }
            listener.data(in, length);
            listenerChanged();
        }

        @Override
        public void end(@Nullable Head responseTrailers) {
            trailers = BlockReader.trailers(responseTrailers);
        }
    }
}
