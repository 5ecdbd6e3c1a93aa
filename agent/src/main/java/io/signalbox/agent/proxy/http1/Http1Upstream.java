package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import io.signalbox.agent.proxy.Flushable;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to an endpoint. It reads responses for the exchange that it is lent to. What arrives while there is
 * none, or before the request has been sent, is nobody's response: then the connection is closed.
 */
final class Http1Upstream extends ChannelInboundHandlerAdapter implements Flushable {
    private static final Logger log = LoggerFactory.getLogger(Http1Upstream.class);

    private enum Phase {
        HEAD,
        BODY,
        TUNNEL
    }

    private final LoopContext loop;
    private final UpstreamEndpoint endpoint;
    private final Output output;
    private final Input input = new Input();
    private final BodyReader body = new BodyReader();
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable ResponseReader exchange;
    private Phase phase = Phase.HEAD;
    private boolean opened;
    private boolean closed;
    private boolean failed;
    private boolean keepAlive;
    private boolean responseSeen;
    private boolean pending;
    private int lastTick;
    private int requests;
    private long openedNanos;

    Http1Upstream(LoopContext loop, UpstreamEndpoint endpoint) {
        this.loop = loop;
        this.endpoint = endpoint;
        this.output = new Output(loop, this, null);
        this.lastTick = loop.tick();
    }

    /**
     * Opens the connection for an exchange, which is told how that went. Where the backend has all the connections that
     * it may have, the exchange waits for one; where too many wait already, it is told so.
     */
    void connect(ResponseReader first) {
        exchange = first;
        if (!endpoint.scope().breaker().pendingRequests().tryTake()) {
            first.overflowed();
            return;
        }
        pending = true;
        if (!open()) {
            endpoint.http1Pool(loop, Http1Pool::new).await(this);
        }
    }

    /** Opens the connection, if the backend may have another. */
    boolean open() {
        if (!endpoint.sharedConnectionStarted()) {
            return false;
        }
        loop.upstreams().connect(endpoint, this, true, "http/1.1").addListener(this::connected);
        return true;
    }

    private void connected(Future<? super Channel> connect) {
        ResponseReader waiting = exchange;
        endPending();
        if (!connect.isSuccess()) {
            closed = true;
            exchange = null;
            endpoint.connectFailed();
            endpoint.http1Pool(loop, Http1Pool::new).forget(this);
            if (waiting != null) {
                waiting.connectFailed();
            }
            return;
        }
        opened = true;
        openedNanos = loop.nanos();
        endpoint.connectionOpened();
        if (waiting != null) {
            requests++;
            waiting.connected(this);
        } else {
            giveToPool();
        }
    }

    /** Was not opened yet, and need not be: its request goes out on an open connection. */
    void giveWayTo(Http1Upstream open) {
        ResponseReader waiting = exchange;
        exchange = null;
        endPending();
        if (waiting != null) {
            open.lend(waiting);
            waiting.connected(open);
        }
    }

    private void endPending() {
        if (pending) {
            pending = false;
            endpoint.scope().breaker().pendingRequests().release();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        output.open(context);
        // A server that refuses a large request answers and closes: writing then fails, yet the answer is to be read.
        context.channel().config().setAutoClose(false);
    }

    /** Where the request goes. */
    Output output() {
        return output;
    }

    int lastTick() {
        return lastTick;
    }

    /** Whether a request can be sent on it. */
    boolean isUsable() {
        return !closed && ctx != null && ctx.channel().isActive();
    }

    /** Whether any byte of a response has come for the exchange. */
    boolean hasResponse() {
        return responseSeen;
    }

    /** Lends the idle connection to an exchange. */
    void lend(ResponseReader next) {
        exchange = next;
        requests++;
        output.forgetFlushed();
        responseSeen = false;
    }

    /** The exchange is over, and the connection in a state in which another can begin. */
    void detach() {
        exchange = null;
        phase = Phase.HEAD;
        lastTick = loop.tick();
        setReading(true);
    }

    /** Whether it has lived, or served, as long as a connection of its backend may. */
    boolean isWornOut() {
        int mostRequests = endpoint.scope().pool().maxRequestsPerConnection();
        int mostMillis = endpoint.scope().pool().maxConnectionDurationMillis();
        return (mostRequests > 0 && requests >= mostRequests)
                || (mostMillis > 0 && loop.nanos() - openedNanos >= TimeUnit.MILLISECONDS.toNanos(mostMillis));
    }

    /** Keeps it for a later request to the endpoint. */
    void giveToPool() {
        if (closed || loop.isDraining() || isWornOut()) {
            close();
        } else {
            endpoint.http1Pool(loop, Http1Pool::new).give(this);
        }
    }

    /** The exchange is over in the middle: closes, or lets a connection be opened for another request. */
    void abandon() {
        exchange = null;
        if (opened) {
            close();
        } else if (pending) {
            endPending();
            endpoint.http1Pool(loop, Http1Pool::new).cancel(this);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // channelInactive tells
    void close() {
        closed = true;
        if (ctx != null) {
            ctx.close();
        }
    }

    /** The tunnel that it was has ended both ways: closes when all has been sent. */
    void closeAfterOutput() {
        exchange = null;
        closed = true;
        output.closeAfterwards();
    }

    void setReading(boolean on) {
        if (ctx != null && ctx.channel().config().isAutoRead() != on) {
            ctx.channel().config().setAutoRead(on);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        lastTick = loop.tick();
        if (closed || exchange == null || !output.hasFlushed()) {
            ((ByteBuf) message).release();
            lose(false);
            return;
        }
        responseSeen = true;
        ByteBuf data = input.add((ByteBuf) message);
        try {
            while (data.isReadable() && exchange != null && read(data, exchange)) {
                // on to what is next
            }
        } finally {
            if (closed) {
                input.release();
            } else {
                input.settle(context.alloc());
            }
        }
    }

    private boolean read(ByteBuf data, ResponseReader reader) {
        switch (phase) {
            case HEAD -> {
                return readHead(data, reader);
            }
            case BODY -> {
                if (body.read(data, reader.responseBody()) != null) {
                    reader.responseBroken();
                    return false;
                }
                if (body.isDone()) {
                    reader.responseEnded(keepAlive && !data.isReadable());
                }
            }
            case TUNNEL -> reader.tunnelDown(data);
        }
        return true;
    }

    private boolean readHead(ByteBuf data, ResponseReader reader) {
        int length = input.headLength(data);
        if (Math.max(length, length < 0 ? data.readableBytes() : 0)
                > loop.limits().maxHeaderBytes()) {
            reader.responseBroken();
            return false;
        }
        if (length < 0) {
            return false;
        }
        HeadPool heads = HeadPool.ofThisLoop();
        Head head = heads.take();
        try {
            head.load(data, length);
            if (HeadParser.response(head) != null) {
                reader.responseBroken();
            } else if (head.status == 101) {
                phase = Phase.TUNNEL;
                reader.protocolSwitched(head);
            } else if (head.status < 200) {
                reader.interimResponse(head);
            } else {
                startResponse(head, reader, data);
            }
        } finally {
            heads.give(head);
        }
        return true;
    }

    private void startResponse(Head head, ResponseReader reader, ByteBuf data) {
        keepAlive = !head.close && !head.http10;
        phase = Phase.BODY;
        if (reader.retriesAfter(head)) {
            return;
        }
        reader.response(head, body);
        if (body.isDone()) {
            reader.responseEnded(keepAlive && !data.isReadable());
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (exchange != null) {
            exchange.upstreamWritabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            if (phase == Phase.TUNNEL && exchange != null && !failed) {
                exchange.tunnelUpstreamEnded();
            } else {
                lose(!failed);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        lose(false);
        input.release();
        output.stop();
        if (opened) {
            endpoint.connectionClosed();
            endpoint.http1Pool(loop, Http1Pool::new).forget(this);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        failed = true;
        if (cause instanceof IOException) {
            // What the server said before is still read: the end of the input follows.
            log.debug("upstream connection failed: endpoint={} reason={}", endpoint, cause.toString());
            output.stop();
            if (exchange == null) {
                close();
            }
        } else {
            log.warn("upstream connection closed by an error of the agent: endpoint={}", endpoint, cause);
            lose(false);
        }
    }

    private void lose(boolean orderly) {
        boolean endsBody = orderly && phase == Phase.BODY && body.isUntilClose();
        ResponseReader reader = exchange;
        close();
        if (reader != null) {
            if (endsBody) {
                reader.responseEndedByClose();
            } else {
                reader.upstreamLost();
            }
        }
        body.stop();
    }

    @Override
    public void flushNow() {
        output.flush();
    }
}
