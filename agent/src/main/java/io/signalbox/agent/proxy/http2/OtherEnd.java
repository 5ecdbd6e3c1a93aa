package io.signalbox.agent.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.signalbox.agent.proxy.HeaderBlock;
import org.jspecify.annotations.Nullable;

/** What stands at one end of a {@link Half} in place of a stream: a message of another protocol. */
interface OtherEnd {
    /** Whether it takes bytes now. */
    boolean isWritable();

    /** Takes bytes: moves the reader index, and leaves ownership where it is. */
    void data(ByteBuf in, int length);

    /** Nothing follows. */
    void end(@Nullable HeaderBlock trailers);

    /** Bytes that came from it, and waited, have left. */
    void drained();
}
