package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A copy of a request, which is told of the body as it passes. */
interface RequestCopy {
    /** Begins to send it. */
    void start();

    /**
     * Copies bytes of the request's body, which stay where they are.
     *
     * @param chunked whether the body is
     */
    void data(ByteBuf in, int length, boolean chunked);

    /** Copies the end of a chunked body. */
    void end(@Nullable Head trailers);

    /** The request's body is complete. */
    void requestComplete();

    /** The request has ended: a copy that is not complete never will be. */
    void requestEnded();
}
