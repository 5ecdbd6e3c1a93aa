package io.signalbox.agent.proxy;

import io.netty.buffer.ByteBuf;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to an endpoint that speaks another protocol than the caller: one attempt, or a copy. Heads have
 * the form of HTTP/2, whichever protocol is spoken. The request counts as started on its endpoint before, and until the
 * one who asked for it says that it has ended. Confined to the event loop.
 *
 * <p>A request whose head is {@link HeaderBlock#isExtendedConnect} becomes a tunnel with a response below 300: bodies
 * are its two directions, which end one after the other, and {@link #cancel} lets leave what both ends have said.
 */
public interface UpstreamCall {
    /**
     * Sends the head, as soon as there is a connection.
     *
     * @param head is not changed until {@link CallListener#opened}
     * @param complete whether nothing follows the head
     * @param onNewConnection whether a connection that was used before will not do
     */
    void start(HeaderBlock head, boolean complete, boolean onNewConnection);

    /** Whether more of the body may come. What comes all the same waits. */
    boolean isWritable();

    /** Sends bytes of the body once the call is open: moves the reader index, and leaves ownership where it is. */
    void data(ByteBuf in, int length);

    /**
     * The body is complete.
     *
     * @param trailers null when there are none; belong to the call
     */
    void end(@Nullable HeaderBlock trailers);

    /** {@link CallListener#isWritable} says something else than before. */
    void listenerChanged();

    /** Ends; nothing is told any more. Does nothing when it has ended. */
    void cancel();

    /** Makes the calls of one protocol. */
    interface Factory {
        /** A call to an endpoint, yet to be started. */
        UpstreamCall call(LoopContext loop, UpstreamEndpoint endpoint, CallListener listener);
    }
}
