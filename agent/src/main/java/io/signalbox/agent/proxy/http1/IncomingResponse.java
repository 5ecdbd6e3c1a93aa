package io.signalbox.agent.proxy.http1;

import io.netty.util.AsciiString;
import io.signalbox.agent.proxy.Attempts;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.RequestFlow;
import org.jspecify.annotations.Nullable;

/** A response on its way to the caller: its head with what is changed of it, and its body in its new framing. */
final class IncomingResponse {
    private static final AsciiString SERVICE_TIME = AsciiString.cached("x-envoy-upstream-service-time");

    private final LoopContext loop;
    private final RequestFlow flow;
    private final ResponseEdits edits = new ResponseEdits();
    private final BodyWriter writer = new BodyWriter();

    IncomingResponse(LoopContext loop, RequestFlow flow) {
        this.loop = loop;
        this.flow = flow;
    }

    /**
     * Relays the head of the final response, and starts its body.
     *
     * @param body in the framing that it comes in
     * @param toHead whether the request was HEAD, whose responses have no body
     * @param asItCame whether the head is not changed
     * @param close whether the connection to the caller ends with it
     */
    void begin(Head head, BodyReader body, Output to, boolean toHead, boolean asItCame, boolean close) {
        boolean bodiless = toHead || head.status == 204 || head.status == 304;
        boolean chunked = head.chunked;
        long length = head.contentLength;
        if (bodiless) {
            body.startNone();
            chunked &= head.status != 204;
            length = head.status == 204 ? -1 : length;
        } else if (chunked) {
            body.startChunked();
        } else if (length >= 0) {
            body.startLength(length);
        } else {
            body.startUntilClose();
            chunked = true;
        }
        edit(head, asItCame);
        HeadWriter.response(head, to.buffer(), length, chunked, close, edits);
        writer.start(chunked && !bodiless, null);
        writer.sendTo(to);
    }

    /**
     * Relays the head of a final response that came by a call, and starts its body.
     *
     * @param length of the body; {@link BlockWriter#NO_LENGTH}: not told
     * @param bodiless whether no body can follow
     * @param close whether the connection to the caller ends with it
     */
    void begin(HeaderBlock head, Output to, long length, boolean bodiless, boolean close) {
        edit(head);
        boolean chunked = length == BlockWriter.NO_LENGTH && !bodiless;
        BlockWriter.response(
                head, to.buffer(), head.statusCode() == 204 ? BlockWriter.NO_LENGTH : length, chunked, close);
        writer.start(chunked, null);
        writer.sendTo(to);
    }

    /** Ends the body of a response that came by a call. */
    void end(@Nullable HeaderBlock trailers, Output to) {
        if (writer.isChunked()) {
            BlockWriter.lastChunk(trailers, to.buffer());
        }
    }

    /** Relays the head of the response that begins a WebSocket. */
    void switched(Head head, Output to, boolean asItCame) {
        edit(head, asItCame);
        HeadWriter.switched(head, to.buffer(), edits);
    }

    /**
     * Likewise, where it came by a call.
     *
     * @param accept answers the caller's key
     */
    void switched(HeaderBlock head, Output to, String accept) {
        edit(head);
        BlockWriter.switched(head, to.buffer(), accept);
    }

    private void edit(HeaderBlock head) {
        head.set(SERVICE_TIME, AsciiString.of(Long.toString(flow.attempts().serviceMillis())));
        if (head.get(HeaderBlock.DATE) == null) {
            head.add(HeaderBlock.DATE, loop.httpDate());
        }
        if (flow.changesResponse()) {
            flow.changeResponse(head);
        }
    }

    private void edit(Head head, boolean asItCame) {
        edits.clear();
        if (asItCame) {
            return;
        }
        Attempts attempts = flow.attempts();
        edits.serviceMillis = attempts.serviceMillis();
        edits.date = head.hasDate ? null : loop.httpDate();
        if (flow.changesResponse()) {
            flow.changeResponse(edits.fields);
        }
    }

    /** Takes the body. */
    BodySink body() {
        return writer;
    }

    /** Bytes of the body that were sent. */
    long bytes() {
        return writer.bytes();
    }

    /** Lets go of everything. */
    void end() {
        writer.forget();
        edits.clear();
    }
}
