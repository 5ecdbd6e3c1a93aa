package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.signalbox.agent.proxy.Answer;
import io.signalbox.agent.proxy.ConnectionReport;
import io.signalbox.agent.proxy.DownstreamConnection;
import io.signalbox.agent.proxy.Flushable;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Origin;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A caller's HTTP/1.1 connection. Requests are handled one at a time and in order; what a caller sends ahead waits, up
 * to a bound, then its connection is not read.
 *
 * <p>A connection is idle when no request runs. The time begins with the first byte of a head and not anew with each
 * that follows, so a head that trickles in does not keep a connection open.
 */
public final class Http1Downstream extends ChannelInboundHandlerAdapter implements DownstreamConnection, Flushable {
    /** Bytes sent ahead at which the connection is not read until the running request has ended. */
    static final int MAX_WAITING_BYTES = 16 * 1024;

    /** Bytes that are still read, and dropped, from a caller that sends on after the last response. */
    static final int MAX_DROPPED_BYTES = 64 * 1024;

    /** How long a caller may take to close after all of the last response has been sent. */
    static final int LINGER_MILLIS = 1000;

    private static final Logger log = LoggerFactory.getLogger(Http1Downstream.class);

    private enum State {
        HEAD,
        EXCHANGE,
        /** The last response is sent, and the caller is given time to read it. */
        LINGER,
        CLOSED
    }

    private final LoopContext loop;
    private final Origin origin;
    private final Output output;
    private final Input input = new Input();
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Exchange exchange;
    private State state = State.HEAD;
    private boolean consuming;
    private boolean headBegun;
    private boolean emptyLineSkipped;
    private boolean draining;
    private boolean inputEnded;
    private int droppedBytes;
    private int lastTick;
    private long requests;

    /** Made once a connection is known to speak HTTP/1; add it to the pipeline, then fire the first bytes into it. */
    public Http1Downstream(LoopContext loop, Origin origin) {
        this.loop = loop;
        this.origin = origin;
        this.output = new Output(loop, this, loop.stats().downstreamBytesSent);
        this.lastTick = loop.tick();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        output.open(context);
        exchange = new Exchange(loop, origin, this, context.alloc());
        loop.opened(this);
        loop.stats().connectionsHttp1.increment();
    }

    private Exchange exchange() {
        Exchange current = exchange;
        if (current == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return current;
    }

    Output output() {
        return output;
    }

    /** Whether the running request is the connection's last one. */
    boolean isEnding() {
        return draining || loop.isDraining();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        loop.stats().downstreamBytesReceived.add(in.readableBytes());
        if (state == State.CLOSED) {
            in.release();
            return;
        }
        if (state == State.EXCHANGE) {
            lastTick = loop.tick();
        }
        input.add(in);
        consume();
    }

    /** Handles what has been read, as far as that is possible now. */
    void consume() {
        if (consuming || ctx == null) {
            return;
        }
        consuming = true;
        try {
            ByteBuf data = input.bytes();
            while (data != null && data.isReadable() && progress(data)) {
                // on to what is next
            }
        } finally {
            consuming = false;
            if (state == State.CLOSED) {
                input.release();
            } else {
                input.settle(ctx.alloc());
            }
        }
        updateReading();
        if (inputEnded) {
            inputConsumed();
        }
    }

    private boolean progress(ByteBuf data) {
        return switch (state) {
            // The answers to requests sent ahead must not pile up for a caller that does not read them.
            case HEAD -> output.isWritable() && readHead(data);
            case EXCHANGE -> {
                boolean takes = exchange().takesBytes();
                if (takes) {
                    exchange().requestBytes(data);
                }
                yield takes;
            }
            case LINGER -> {
                droppedBytes += data.readableBytes();
                data.skipBytes(data.readableBytes());
                yield true;
            }
            case CLOSED -> false;
        };
    }

    private boolean readHead(ByteBuf data) {
        if (!headBegun) {
            headBegun = true;
            lastTick = loop.tick();
        }
        int at = data.readerIndex();
        if (!emptyLineSkipped && data.getByte(at) == '\r') {
            if (data.readableBytes() == 1) {
                return false;
            }
            if (data.getByte(at + 1) == '\n') {
                emptyLineSkipped = true;
                data.skipBytes(2);
                return true;
            }
        }
        int length = input.headLength(data);
        if ((length < 0 ? data.readableBytes() : length) > loop.limits().maxHeaderBytes()) {
            refuse(BadMessage.HEAD_TOO_LARGE);
            return true;
        }
        if (length < 0) {
            return false;
        }
        HeadPool heads = HeadPool.ofThisLoop();
        Head head = heads.take();
        head.load(data, length);
        BadMessage bad = HeadParser.request(head);
        if (bad == null) {
            requests++;
            state = State.EXCHANGE;
            exchange().begin(head);
        } else {
            heads.give(head);
            refuse(bad);
        }
        return true;
    }

    private void refuse(BadMessage bad) {
        loop.stats().badRequests.increment();
        Answer answer = Answer.of(bad.reply());
        ByteBuf out = output.buffer();
        HeadWriter.answer(answer, loop.httpDate(), out, true);
        out.writeBytes(answer.body());
        linger();
    }

    /** Drops what has been read already of a body that nobody wants. */
    void skipBody(BodyReader body) {
        ByteBuf data = input.bytes();
        if (data != null && body.read(data, BodyWriter.NOWHERE) != null) {
            data.skipBytes(data.readableBytes());
        }
    }

    /** The running request has its response. */
    void exchangeEnded(boolean close) {
        if (state != State.EXCHANGE) {
            return;
        }
        lastTick = loop.tick();
        if (!close && !isEnding()) {
            state = State.HEAD;
            headBegun = false;
            emptyLineSkipped = false;
            consume();
        } else if (inputEnded) {
            closeAfterOutput();
        } else {
            linger();
        }
    }

    private void linger() {
        // Closing while unread bytes arrive would reset the connection, and the caller could lose the response.
        state = State.LINGER;
        output.shutdownAfterwards(this::startLingerTimer);
        consume();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // closing again does nothing, so the timer need not be cancelled
    private void startLingerTimer() {
        loop.eventLoop().schedule(this::close, LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The running request's response ends in the middle: what there is of it is sent, and the connection closed. */
    void cutOff() {
        closeAfterOutput();
    }

    private void closeAfterOutput() {
        state = State.CLOSED;
        output.closeAfterwards();
    }

    /** All that came before the caller's FIN has been handled as far as that is possible now. */
    private void inputConsumed() {
        switch (state) {
            case HEAD -> closeAfterOutput();
            case LINGER -> close();
            case EXCHANGE -> {
                if (exchange().takesBytes()) {
                    exchange().downstreamEnded();
                }
            }
            case CLOSED -> {}
        }
    }

    /** Reads or stops reading, as there is room for what would come. */
    void updateReading() {
        boolean read = switch (state) {
            case HEAD -> output.isWritable();
            case EXCHANGE ->
                exchange().takesBytes() ? exchange().isUpstreamWritable() : input.readableBytes() < MAX_WAITING_BYTES;
            case LINGER -> droppedBytes < MAX_DROPPED_BYTES;
            case CLOSED -> false;
        };
        if (ctx != null && state != State.CLOSED && ctx.channel().config().isAutoRead() != read) {
            ctx.channel().config().setAutoRead(read);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        lastTick = loop.tick();
        exchange().downstreamWritabilityChanged();
        if (state == State.HEAD && output.isWritable()) {
            consume();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !inputEnded) {
            inputEnded = true;
            consume();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        close();
        input.release();
        output.stop();
        loop.closed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("downstream connection failed: peer={} reason={}", origin.peer(), cause.toString());
        } else {
            log.warn("downstream connection closed by an error of the agent: peer={}", origin.peer(), cause);
        }
        close();
    }

    /** Ends the connection and what runs on it. */
    @SuppressWarnings("FutureReturnValueIgnored") // channelInactive tells
    void close() {
        state = State.CLOSED;
        if (exchange != null) {
            exchange.abort();
        }
        if (ctx != null) {
            ctx.close();
        }
    }

    @Override
    public ConnectionReport report() {
        return new ConnectionReport(
                origin.peerText(),
                origin.destinationText(),
                "http1",
                origin.workloadName(),
                origin.ageMillis(loop.nanos()),
                exchange().isRunning() ? 1 : 0,
                requests);
    }

    @Override
    public void drain() {
        draining = true;
        if (isIdle()) {
            // A request may be on its way; its answer says that the connection ends.
            loop.eventLoop().schedule(this::closeIfStillIdle, LoopContext.DRAIN_GRACE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private boolean isIdle() {
        return state == State.HEAD && input.readableBytes() == 0;
    }

    private void closeIfStillIdle() {
        if (isIdle()) {
            closeAfterOutput();
        }
    }

    @Override
    public void closeNow() {
        close();
    }

    @Override
    public void closeIfIdle(int tick, int idleTicks) {
        if (state != State.EXCHANGE && tick - lastTick >= idleTicks) {
            close();
        }
    }

    @Override
    public void flushNow() {
        output.flush();
    }
}
