package io.signalbox.agent.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.INTERNAL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Exception.connectionError;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Exception;
import io.signalbox.agent.proxy.HeaderBlock;
import io.signalbox.agent.proxy.LoopContext;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Flow control of one connection, and the relaying of bodies that depends on it: bytes that came in on this connection
 * go to the connection on the other side as far as its windows and its socket allow, and wait otherwise (RFC 9113
 * section 5.2 and 6.9). Confined to the connection's event loop.
 */
final class FlowControl {
    /** Credit that we give each stream: what one stream may make us hold for a slow receiver. */
    static final int STREAM_WINDOW = 256 * 1024;

    /** Credit that we give a connection. */
    static final int CONNECTION_WINDOW = 1024 * 1024;

    /** What both windows are before anything was said. */
    static final int DEFAULT_WINDOW = 65_535;

    /** Bytes that wait are copied below this size, so that a few of them do not keep a whole read buffer. */
    private static final int COPY_BELOW_BYTES = 2048;

    private final Http2Connection<?> connection;
    private final LoopContext loop;

    /** Halves that wait for this connection's window or socket, in the order in which they will be served. */
    private final ArrayDeque<Half> blocked = new ArrayDeque<>();

    private int sendWindow = DEFAULT_WINDOW;
    private int receiveWindow = CONNECTION_WINDOW;
    private int credit;

    FlowControl(Http2Connection<?> connection, LoopContext loop) {
        this.connection = connection;
        this.loop = loop;
    }

    // ---- windows --------------------------------------------------------------------------------------------------

    /** Takes a DATA frame out of the window that we gave the peer. */
    void received(int length) throws Http2Exception {
        receiveWindow -= length;
        if (receiveWindow < 0) {
            throw connectionError(FLOW_CONTROL_ERROR, "connection window exceeded by %d bytes", -receiveWindow);
        }
    }

    /** The peer gives the connection more credit. */
    void connectionWindowUpdate(int increment) throws Http2Exception {
        if (increment == 0) {
            throw connectionError(PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
        }
        if (sendWindow + (long) increment > Integer.MAX_VALUE) {
            throw connectionError(FLOW_CONTROL_ERROR, "connection window overflows");
        }
        sendWindow += increment;
        serveBlocked();
    }

    // ---- relaying -------------------------------------------------------------------------------------------------

    /**
     * Passes body bytes on, or lets them wait. Connection credit is returned at once, so that one slow receiver does
     * not stall the other streams of a connection, as long as the loop as a whole holds few bytes; beyond that it is
     * returned when the bytes leave.
     */
    void relayData(Half half, ByteBuf in, int length, boolean endStream) {
        half.bodyBytes += length;
        half.exchange.onData(half, in, length);
        if (endStream) {
            end(half);
        }
        if (half.dropped) {
            drop(half, in, length, endStream);
            return;
        }
        Http2Connection<?> sink = half.sink;
        if (half.queuedBytes == 0 && sink != null && sink.flow().canSend(half, length)) {
            sink.flow().sendData(half, in, length, endStream);
            returnConnectionCredit(length);
            returnStreamCredit(half, length);
            if (endStream) {
                half.exchange.finishIfDone();
            }
            return;
        }
        OtherEnd other = half.other;
        if (half.queuedBytes == 0 && other != null && other.isWritable()) {
            returnConnectionCredit(length);
            pass(half, other, in, length);
            if (other.equals(half.other)) {
                returnStreamCredit(half, length);
                if (endStream) {
                    pump(half, other, loop);
                }
            }
            return;
        }
        queue(half, in, length);
        if (loop.isOverQueueBudget()) {
            half.heldConnectionCredit += length;
        } else {
            returnConnectionCredit(length);
        }
        if (sink != null) {
            sink.flow().pump(half);
        } else if (other != null) {
            pump(half, other, loop);
        }
    }

    private void queue(Half half, ByteBuf in, int length) {
        half.queue.add(
                length < COPY_BELOW_BYTES
                        ? connection.ctx().alloc().buffer(length).writeBytes(in, length)
                        : in.readRetainedSlice(length));
        half.queuedBytes += length;
        loop.queued(length);
    }

    private void drop(Half half, ByteBuf in, int length, boolean endStream) {
        in.skipBytes(length);
        returnConnectionCredit(length);
        returnStreamCredit(half, length);
        if (endStream) {
            half.exchange.finishIfDone();
        }
    }

    private static void end(Half half) {
        half.endReceived = true;
        half.exchange.onEndReceived(half);
    }

    /** Passes the end on, behind what waits. */
    static void relayEnd(Half half, LoopContext loop) {
        end(half);
        Http2Connection<?> sink = half.sink;
        OtherEnd other = half.other;
        if (sink != null) {
            sink.flow().pump(half);
        } else if (other != null) {
            pump(half, other, loop);
        } else if (half.dropped) {
            half.exchange.finishIfDone();
        }
    }

    /** Passes trailers on, behind what waits. */
    static void relayTrailers(Half half, HeaderBlock trailers, LoopContext loop) throws Http2Exception {
        end(half);
        Http2Connection<?> sink = half.sink;
        OtherEnd other = half.other;
        if (sink != null && half.queuedBytes == 0) {
            if (half.exchange.keepsForRetry(half)) {
                half.exchange.keepForRetry(copy(trailers));
            }
            half.endSent = true;
            sink.writer().headers(half.sinkId, trailers, true);
            half.exchange.finishIfDone();
        } else {
            half.waitingTrailers = copy(trailers);
            if (sink != null) {
                sink.flow().pump(half);
            } else if (other != null) {
                pump(half, other, loop);
            }
        }
    }

    private static HeaderBlock copy(HeaderBlock trailers) {
        HeaderBlock copy = new HeaderBlock();
        copy.copyFrom(trailers);
        return copy;
    }

    /** Takes the trailers that waited, to send them now; null: there are none. */
    private static @Nullable HeaderBlock takeTrailers(Half half) {
        HeaderBlock trailers = half.waitingTrailers;
        half.waitingTrailers = null;
        if (trailers != null && half.exchange.keepsForRetry(half)) {
            half.exchange.keepForRetry(trailers);
        }
        return trailers;
    }

    // ---- where one end is no stream -------------------------------------------------------------------------------

    private static void pass(Half half, OtherEnd other, ByteBuf in, int length) {
        if (half.exchange.keepsForRetry(half)) {
            half.exchange.keepForRetry(in, length);
        }
        half.passing = true;
        try {
            other.data(in, length);
        } finally {
            half.passing = false;
        }
    }

    /** Passes on what waits in a half whose bytes go to another protocol. */
    static void pump(Half half, OtherEnd other, LoopContext loop) {
        if (half.passing) {
            return; // a full socket says so in the midst of a write
        }
        while (other.equals(half.other) && !half.queue.isEmpty() && other.isWritable()) {
            ByteBuf head = half.queue.remove();
            int length = head.readableBytes();
            half.queuedBytes -= length;
            loop.queued(-length);
            try {
                pass(half, other, head, length);
            } finally {
                head.release();
            }
            if (other.equals(half.other)) {
                returnCredit(half, length);
            }
        }
        if (other.equals(half.other) && half.queue.isEmpty()) {
            if (half.endReceived && !half.endSent) {
                HeaderBlock trailers = takeTrailers(half);
                half.endSent = true;
                other.end(trailers);
            }
            half.exchange.finishIfDone();
        }
    }

    /**
     * Sends bytes that came from another protocol on the stream of a half whose bytes go out here, as far as the
     * windows and the socket allow; the rest waits.
     */
    void send(Half half, ByteBuf in, int length) {
        half.bodyBytes += length;
        int left = length;
        while (left > 0 && half.queue.isEmpty() && connection.writer().isWritable()) {
            int part = Math.min(
                    Math.min(left, connection.writer().maxFrameBytes()), Math.min(half.sendWindow, sendWindow));
            if (part <= 0) {
                break;
            }
            sendData(half, in, part, false);
            left -= part;
        }
        if (left > 0) {
            queue(half, in, left);
            pump(half);
        }
    }

    private boolean canSend(Half half, int length) {
        return length <= half.sendWindow
                && length <= sendWindow
                && length <= connection.writer().maxFrameBytes()
                && connection.writer().isWritable();
    }

    private void sendData(Half half, ByteBuf in, int length, boolean endStream) {
        if (half.exchange.keepsForRetry(half)) {
            half.exchange.keepForRetry(in, length);
        }
        half.sendWindow -= length;
        sendWindow -= length;
        half.endSent = endStream;
        connection.lastActiveTick = loop.tick();
        connection.sent(length);
        connection.writer().data(half.sinkId, in, length, endStream);
    }

    /** Sends what waits in a half whose bytes go out here, as far as the windows and the socket allow. */
    void pump(Half half) {
        while (!half.queue.isEmpty()) {
            ByteBuf head = half.queue.element();
            int length = Math.min(
                    Math.min(head.readableBytes(), connection.writer().maxFrameBytes()),
                    Math.min(half.sendWindow, sendWindow));
            if (length <= 0 || !connection.writer().isWritable()) {
                if (half.sendWindow > 0) {
                    block(half); // else an update of the stream's window brings it back
                }
                return;
            }
            boolean last = length == half.queuedBytes && half.endReceived && half.waitingTrailers == null;
            sendData(half, head, length, last);
            half.queuedBytes -= length;
            loop.queued(-length);
            if (!head.isReadable()) {
                half.queue.remove().release();
            }
            returnCredit(half, length);
        }
        if (half.endReceived && !half.endSent) {
            half.endSent = true;
            HeaderBlock trailers = takeTrailers(half);
            if (trailers == null) {
                connection.writer().endStream(half.sinkId);
            } else {
                try {
                    connection.writer().headers(half.sinkId, trailers, true);
                } catch (Http2Exception e) {
                    connection.fail(INTERNAL_ERROR, "cannot encode trailers");
                    return;
                }
            }
        }
        half.exchange.finishIfDone();
    }

    private void block(Half half) {
        if (!half.blocked) {
            half.blocked = true;
            blocked.add(half);
        }
    }

    /** Forgets a half that waits here. */
    void unblock(Half half) {
        if (half.blocked) {
            half.blocked = false;
            blocked.remove(half);
        }
    }

    void serveBlocked() {
        for (int i = blocked.size();
                i > 0
                        && sendWindow > 0
                        && !connection.ended
                        && connection.writer().isWritable();
                i--) {
            Half half = blocked.poll();
            if (half == null) {
                return;
            }
            half.blocked = false;
            pump(half);
        }
    }

    // ---- credit ---------------------------------------------------------------------------------------------------

    /** Returns the credit of bytes that waited and have left. */
    private static void returnCredit(Half half, int length) {
        int replayed = Math.min(half.replayedBytes, length);
        half.replayedBytes -= replayed;
        int fresh = length - replayed;
        Http2Connection<?> source = half.source;
        if (source == null && half.other != null) {
            half.other.drained();
        }
        if (source == null || source.ended || fresh == 0) {
            return;
        }
        int held = Math.min(half.heldConnectionCredit, fresh);
        half.heldConnectionCredit -= held;
        source.flow().returnConnectionCredit(held);
        source.flow().returnStreamCredit(half, fresh);
    }

    /** Lets go of what waits in a half, and gives the connection that it came from its credit back. */
    static void discard(Half half, LoopContext loop) {
        int discarded = half.discardQueue();
        loop.queued(-discarded);
        Http2Connection<?> source = half.source;
        int held = half.heldConnectionCredit;
        half.heldConnectionCredit = 0;
        if (source != null && !source.ended) {
            source.flow().returnConnectionCredit(held);
        }
    }

    void returnConnectionCredit(int length) {
        credit += length;
        if (credit >= CONNECTION_WINDOW / 2) {
            connection.writer().windowUpdate(0, credit);
            receiveWindow += credit;
            credit = 0;
        }
    }

    void returnStreamCredit(Half half, int length) {
        half.credit += length;
        if (half.credit >= STREAM_WINDOW / 2 && !half.endReceived) {
            connection.writer().windowUpdate(half.sourceId, half.credit);
            half.receiveWindow += half.credit;
            half.credit = 0;
        }
    }
}
