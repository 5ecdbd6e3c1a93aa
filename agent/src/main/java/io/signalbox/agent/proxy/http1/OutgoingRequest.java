package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.signalbox.agent.model.UpstreamProtocol;
import io.signalbox.agent.policy.PathNormalizer;
import io.signalbox.agent.proxy.Attempts;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.RequestId;
import io.signalbox.agent.proxy.UpstreamCall;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way upstream: its head with what is changed of it, and its body, which is kept as long as it may be
 * sent again, and copied to mirrors. Used for one request after another.
 */
final class OutgoingRequest {
    private static final byte[] HEAD = Ascii.bytes("HEAD");

    private final LoopContext loop;
    private final ByteBufAllocator alloc;
    private final RequestView view = new RequestView();
    private final RequestEdits edits = new RequestEdits();
    private final RequestId requestId = new RequestId();
    private final BodyReader body = new BodyReader();
    private final BodyWriter writer = new BodyWriter();
    private final Replay replay;
    private List<RequestCopy> mirrors = List.of();
    private Head head = Head.NONE;

    OutgoingRequest(LoopContext loop, ByteBufAllocator alloc) {
        this.loop = loop;
        this.alloc = alloc;
        this.replay = new Replay(alloc);
    }

    /** Begins with a well-formed head. */
    void begin(Head request) {
        head = request;
        if (request.chunked) {
            body.startChunked();
        } else {
            body.startLength(Math.max(0, request.contentLength));
        }
        writer.start(request.chunked, replay);
        edits.path = PathNormalizer.normalize(request.bytes, request.pathFrom, request.targetTo);
        view.pointTo(request, edits.path);
    }

    /** The request as rules look at it. */
    RequestView view() {
        return view;
    }

    /** What is changed of the head. */
    RequestEdits edits() {
        return edits;
    }

    boolean isToHead() {
        return head.isMethod(HEAD);
    }

    boolean isIdempotent() {
        return Methods.isIdempotent(head);
    }

    /** Nothing is changed: nothing is known of where it goes. */
    void leaveAsItCame() {
        edits.path = null;
        edits.asItCame = true;
    }

    boolean isAsItCame() {
        return edits.asItCame;
    }

    /** Names the request, unless the caller has. */
    void name() {
        if (!head.hasRequestId) {
            requestId.draw(loop.random());
            edits.requestId = requestId.text();
        }
    }

    // ---- sending --------------------------------------------------------------------------------------------------

    /**
     * Sends the head, and what has been sent of the body before; what follows of the body goes there too.
     *
     * @param attempt that this is
     * @param usedBefore whether the connection was, so that it may turn out to be closed
     */
    void sendTo(Output output, Attempts attempt, boolean usedBefore) {
        edits.attempt = attempt.number();
        edits.expectedMillis = attempt.expectedMillis();
        edits.traceparent = attempt.traceparent();
        HeadWriter.request(head, output.buffer(), edits);
        if (usedBefore || attempt.keepsBody()) {
            replay.record();
        }
        replay.sendTo(output);
        writer.sendTo(output);
    }

    /** The head as an attempt sends it by a call. */
    HeaderBlock headFor(Attempts attempt) {
        edits.attempt = attempt.number();
        edits.expectedMillis = attempt.expectedMillis();
        edits.traceparent = attempt.traceparent();
        return headBlock();
    }

    /** Whether the head has the one key that a WebSocket is asked for with. */
    boolean hasWebSocketKey() {
        return WebSocketKey.of(head) != null;
    }

    /** The answer to that key. */
    String webSocketAccept() {
        return WebSocketKey.accept(String.valueOf(WebSocketKey.of(head)));
    }

    private HeaderBlock headBlock() {
        HeaderBlock block = new HeaderBlock();
        BlockReader.request(head, view, edits, block);
        return block;
    }

    /** Sends what has been sent of the body before by a call that is open; what follows goes there too. */
    void sendTo(UpstreamCall call) {
        replay.record();
        replay.sendTo(call);
        if (isComplete() && hasBody()) {
            call.end(writer.sentTrailers());
        }
        writer.sendTo(call);
    }

    /** Whether the head says that a body follows. */
    boolean hasBody() {
        return head.chunked || head.contentLength > 0;
    }

    /**
     * Begins to send a copy to an endpoint, on which it counts as started.
     *
     * @param protocol that the endpoint speaks
     */
    void mirror(UpstreamEndpoint endpoint, UpstreamProtocol protocol) {
        edits.attempt = 1;
        RequestCopy mirror;
        if (protocol == UpstreamProtocol.HTTP2) {
            mirror = new TranslatedMirror(loop, endpoint, headBlock(), !hasBody(), alloc);
        } else {
            ByteBuf copied = alloc.buffer();
            HeadWriter.request(head, copied, edits);
            mirror = new Http1Mirror(loop, endpoint, copied, isToHead());
        }
        mirrors = mirrors.isEmpty() ? new ArrayList<>() : mirrors;
        mirrors.add(mirror);
        writer.mirrorTo(mirrors);
        if (isComplete()) {
            mirror.requestComplete();
        }
        mirror.start();
    }

    /** Takes bytes of the body. Returns null unless it is malformed. */
    @Nullable
    BadMessage read(ByteBuf in) {
        BadMessage bad = body.read(in, writer);
        if (bad == null && isComplete()) {
            mirrors.forEach(RequestCopy::requestComplete);
        }
        return bad;
    }

    /** Whether all of the body has come. */
    boolean isComplete() {
        return body.isDone();
    }

    /** Reads the body, to drop it. */
    BodyReader body() {
        return body;
    }

    /** Bytes of the body that were sent. */
    long bytes() {
        return writer.bytes();
    }

    // ---- sending again --------------------------------------------------------------------------------------------

    boolean isReplayable() {
        return replay.isComplete();
    }

    /** It is not sent again. */
    void giveUpReplay() {
        replay.giveUp();
    }

    /** Lets go of everything. */
    void end() {
        mirrors.forEach(RequestCopy::requestEnded);
        mirrors = List.of();
        body.stop();
        writer.forget();
        replay.forget();
        edits.clear();
        view.forget();
        head = Head.NONE;
    }
}
