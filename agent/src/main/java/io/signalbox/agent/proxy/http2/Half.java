package io.signalbox.agent.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.signalbox.agent.proxy.HeaderBlock;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One direction of an exchange: the stream that bytes come from, the stream that they go to, and what waits in between.
 * Bytes wait only when the receiver's windows or its socket are full, or while there is no upstream stream yet; how
 * many is bounded by the window that we gave the sender.
 */
final class Half {
    final Http2Request exchange;

    /** Where the bytes come from; null once that stream is gone. */
    @Nullable
    Http2Connection<?> source;

    int sourceId;

    /** Where the bytes go; null until an upstream stream is open. */
    @Nullable
    Http2Connection<?> sink;

    int sinkId;

    /** Whether bytes are on their way to {@link #other}: what follows has to wait until it has them all. */
    boolean passing;

    /** A request in another protocol that stands in place of the upstream stream; null where there is none. */
    @Nullable
    OtherEnd other;

    /** What the receiver lets us send on the stream; below zero after it shrank its initial window. */
    int sendWindow;

    /** What we still let the sender send on the stream. */
    int receiveWindow;

    /** Forwarded bytes whose stream credit has not been returned yet. */
    int credit;

    /** Waiting bytes whose connection credit is held back. */
    int heldConnectionCredit;

    /** Bytes at the head of the queue that are sent again by a retry: their credit was returned the first time. */
    int replayedBytes;

    final ArrayDeque<ByteBuf> queue = new ArrayDeque<>(0);
    int queuedBytes;

    /** Trailers that wait behind queued bytes. */
    @Nullable
    HeaderBlock waitingTrailers;

    /** The sender has ended the stream. */
    boolean endReceived;

    /** We have ended the stream towards the receiver. */
    boolean endSent;

    /** Whether this half stands in the sink's list of those that wait for its connection window or socket. */
    boolean blocked;

    /** Whether bytes are dropped as they come: nobody wants them. */
    boolean dropped;

    /** Bytes of the body that have come. */
    long bodyBytes;

    Half(Http2Request exchange) {
        this.exchange = exchange;
    }

    /** Lets go of all bytes that wait. Returns how many there were. */
    int discardQueue() {
        int discarded = queuedBytes;
        ByteBuf waiting;
        while ((waiting = queue.poll()) != null) {
            waiting.release();
        }
        queuedBytes = 0;
        replayedBytes = 0;
        waitingTrailers = null;
        return discarded;
    }

    void reset() {
        source = null;
        sourceId = 0;
        sink = null;
        sinkId = 0;
        other = null;
        sendWindow = 0;
        receiveWindow = 0;
        credit = 0;
        heldConnectionCredit = 0;
        replayedBytes = 0;
        waitingTrailers = null;
        endReceived = false;
        endSent = false;
        blocked = false;
        bodyBytes = 0;
    }
}
