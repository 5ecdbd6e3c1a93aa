package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Takes a body without its framing. */
interface BodySink {
    /** Takes that many bytes from the buffer: it moves the reader index, and leaves ownership where it is. */
    void data(ByteBuf in, int length);

    /**
     * The body is complete.
     *
     * @param trailers null when there are none; valid during the call
     */
    void end(@Nullable Head trailers);
}
