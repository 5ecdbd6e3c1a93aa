package io.signalbox.agent.proxy.http2;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.AsciiString;
import io.signalbox.agent.proxy.Answer;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;

/** Writes answers of the agent's own. */
final class Http2Reply {
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");

    private Http2Reply() {}

    /**
     * Writes an answer to the caller's stream, as far as windows allow; the rest waits in the half.
     *
     * @param grpc whether the answer has the form for a gRPC caller
     * @param toHead whether the request was HEAD
     * @return false when it could not be encoded: then the connection has failed
     */
    static boolean write(
            Answer answer, Half response, Http2Downstream downstream, boolean grpc, boolean toHead, LoopContext loop) {
        byte[] body = answer.body();
        HeaderBlock block = new HeaderBlock();
        block.add(HeaderBlock.STATUS, RequestHeaders.number(answer.status()));
        for (int i = 0; i < answer.size(); i++) {
            block.add(answer.name(i), answer.value(i));
        }
        block.add(HeaderBlock.DATE, loop.httpDate());
        if (!grpc) {
            block.add(CONTENT_LENGTH, RequestHeaders.number(body.length));
        }
        boolean headersOnly = body.length == 0 || toHead;
        response.endReceived = true;
        response.endSent = headersOnly;
        try {
            downstream.writer().headers(response.sinkId, block, headersOnly);
        } catch (Http2Exception e) {
            downstream.fail(e.error(), "cannot encode a reply");
            return false;
        }
        if (!headersOnly) {
            response.queue.add(Unpooled.wrappedBuffer(body));
            response.queuedBytes = body.length;
            loop.queued(body.length);
            downstream.flow().pump(response);
        }
        return true;
    }
}
