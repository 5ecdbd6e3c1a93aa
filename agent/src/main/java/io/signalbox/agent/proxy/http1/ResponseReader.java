package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;

/** What a connection to an endpoint tells whoever it is lent to. */
interface ResponseReader {
    /** A connection that was waited for is there. */
    void connected(Http1Upstream open);

    /** The connection that was waited for could not be opened. */
    void connectFailed();

    /** As many requests wait for a connection as may. */
    void overflowed();

    /** The connection takes more, or less, than before. */
    void upstreamWritabilityChanged();

    /** An interim response; the head is valid during the call. */
    void interimResponse(Head head);

    /** Whether the response is not wanted, for what its head says; then the connection is no longer lent. */
    boolean retriesAfter(Head head);

    /** The head of the final response, whose body is to be started. */
    void response(Head head, BodyReader body);

    /** Takes the body of the response. */
    BodySink responseBody();

    /**
     * The response is complete.
     *
     * @param reusable whether the connection can take another request
     */
    void responseEnded(boolean reusable);

    /** The end of the connection was the end of the response. */
    void responseEndedByClose();

    /** What came is not a response. */
    void responseBroken();

    /** The connection ended before the response. */
    void upstreamLost();

    /** The connection speaks another protocol from here on. */
    void protocolSwitched(Head head);

    /** Bytes of that protocol; they are to be consumed. */
    void tunnelDown(ByteBuf in);

    /** The endpoint says that nothing follows. */
    void tunnelUpstreamEnded();
}
