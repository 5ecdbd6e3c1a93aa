package io.signalbox.agent.proxy.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.signalbox.agent.balance.Hashing;
import io.signalbox.agent.balance.PickContext;
import io.signalbox.agent.model.ConsistentHash;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.proxy.CallingPod;
import io.signalbox.agent.proxy.ConnectionReport;
import io.signalbox.agent.proxy.DownstreamConnection;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Origin;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.upstream.UpstreamBackend;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import io.signalbox.agent.upstream.Upstreams;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A caller's connection whose bytes are not looked at. It is balanced once, when it begins. Nothing is read from either
 * side while the other does not take more, so what waits is bounded by one read and the water marks of a channel.
 * Confined to its event loop.
 *
 * <p>A connection to an endpoint that cannot be opened is tried on another, three times in all: nothing was sent then.
 * When no endpoint is left the caller's connection is closed.
 */
public final class TcpDownstream extends ChannelInboundHandlerAdapter implements DownstreamConnection {
    private static final int MAX_ATTEMPTS = 3;
    private static final Logger LOG = LoggerFactory.getLogger(TcpDownstream.class);

    private final LoopContext loop;
    private final Origin origin;
    private final @Nullable UpstreamBackend backend;
    private final PickContext picks = new PickContext();
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(1);
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable UpstreamEndpoint endpoint;
    private @Nullable Channel upstream;
    private @Nullable Future<?> endOfLife;
    private final long startNanos;
    private int attempts;
    private int lastActiveTick;
    private boolean inputEnded;
    private boolean closed;

    /**
     * @param target null: pass through to the original destination
     * @param serverName SNI of a TLS connection, where it was looked at; else null
     */
    public TcpDownstream(
            LoopContext loop, Origin origin, @Nullable PreparedBackend target, @Nullable String serverName) {
        this.loop = loop;
        this.origin = origin;
        this.backend = target == null ? null : loop.upstreams().backend(target);
        this.startNanos = loop.nanos();
        if (serverName != null) {
            picks.serverName(serverName);
        }
        loop.opened(this);
        if (target == null) {
            loop.stats().passthroughConnections.increment();
        } else {
            loop.stats().connectionsTcp.increment();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        lastActiveTick = loop.tick();
        // Bytes that come before the upstream connection is open must not pile up.
        context.channel().config().setAutoRead(false);
        if (backend == null) {
            if (origin.loopsBack()) {
                LOG.debug(
                        "closing: passing through would lead back to the agent: destination={}",
                        origin.destinationText());
                context.close();
            } else {
                connect(loop.upstreams().endpoint(origin.destinationEndpoint()));
            }
        } else {
            if (backend.hashKey() instanceof ConsistentHash.Key.SourceIp) {
                picks.hashKey(Hashing.hash(origin.peer().getAddress().getHostAddress()));
            }
            picks.originalDestination(origin.destinationEndpoint(), origin.loopsBack());
            connectToBackend(backend);
        }
    }

    private void connectToBackend(UpstreamBackend target) {
        UpstreamEndpoint picked = target.pick(picks);
        if (picked == null) {
            LOG.debug("closing: no endpoint: backend={}", target.prepared().key());
            context().close();
        } else {
            connect(picked);
        }
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new IllegalStateException("not added to a pipeline");
        }
        return context;
    }

    private void connect(UpstreamEndpoint picked) {
        attempts++;
        if (!picked.connectionStarted()) {
            LOG.debug("closing: the backend has all the connections that it may have: endpoint={}", picked);
            context().close();
            return;
        }
        picked.opaqueStarted();
        endpoint = picked;
        open(picked).addListener((Future<Channel> done) -> {
            if (!done.isSuccess()) {
                picked.connectFailed();
                connectFailed(picked);
                return;
            }
            picked.connectionOpened();
            picked.answered();
            if (closed) {
                done.getNow().close();
                return;
            }
            connected(done.getNow(), picked);
        });
    }

    /** What is passed through from a pod leaves from the pod's own network, as it would without an agent. */
    private Future<Channel> open(UpstreamEndpoint picked) {
        TcpUpstream handler = new TcpUpstream(this);
        CallingPod pod = origin.pod();
        return backend == null && pod != null
                ? loop.upstreams().connectWith(pod::socket, picked, handler)
                : loop.upstreams().connectFor(origin.peer().getAddress(), picked, handler);
    }

    private void connectFailed(UpstreamEndpoint failed) {
        if (closed) {
            return;
        }
        failed.failed(AttemptFailure.CONNECT_FAILURE);
        failed.opaqueEnded();
        endpoint = null;
        UpstreamBackend target = backend;
        if (target != null && attempts < MAX_ATTEMPTS) {
            target.stats().retries.increment();
            picks.avoid(failed);
            connectToBackend(target);
        } else {
            LOG.debug("closing: no connection to {}", failed);
            context().close();
        }
    }

    private void connected(Channel channel, UpstreamEndpoint to) {
        upstream = channel;
        int most = to.scope().pool().maxConnectionDurationMillis();
        if (most > 0) {
            endOfLife = loop.eventLoop().schedule(this::closeNow, most, TimeUnit.MILLISECONDS);
        }
        ByteBuf bytes;
        while ((bytes = waiting.poll()) != null) {
            channel.write(bytes, channel.voidPromise());
        }
        channel.flush();
        channel.config().setAutoRead(true);
        if (inputEnded) {
            endOutput((DuplexChannel) channel, (DuplexChannel) context().channel());
        } else {
            context().channel().config().setAutoRead(true);
        }
    }

    // ---- from the caller ------------------------------------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        lastActiveTick = loop.tick();
        loop.stats().downstreamBytesReceived.add(bytes.readableBytes());
        Channel target = upstream;
        if (target == null) {
            waiting.add(bytes);
            return;
        }
        target.write(bytes, target.voidPromise());
        if (!target.isWritable()) {
            context.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        Channel target = upstream;
        if (target != null) {
            target.flush();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            Channel target = upstream;
            if (target != null) {
                endOutput((DuplexChannel) target, (DuplexChannel) context.channel());
            }
        }
    }

    /** One direction has ended: passes the half-close on, and closes both when the other direction has ended too. */
    private static void endOutput(DuplexChannel to, DuplexChannel from) {
        // Behind what is still to be written: shutdownOutput itself would drop that.
        to.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(written -> Upstreams.shutdownOutput(to).addListener(done -> {
                    if (to.isInputShutdown() && from.isInputShutdown()) {
                        to.close();
                        from.close();
                    }
                }));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        Channel source = upstream;
        if (source != null) {
            source.config().setAutoRead(context.channel().isWritable());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        end();
    }

    private void end() {
        if (closed) {
            return;
        }
        closed = true;
        loop.closed(this);
        if (endOfLife != null) {
            endOfLife.cancel(false);
        }
        ByteBuf bytes;
        while ((bytes = waiting.poll()) != null) {
            bytes.release();
        }
        Channel target = upstream;
        if (target != null) {
            target.close();
        }
        UpstreamEndpoint used = endpoint;
        if (used != null) {
            used.opaqueEnded();
        }
        UpstreamBackend counted = backend;
        if (counted != null) {
            counted.stats().connectionEnded(loop.nanos() - startNanos);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("connection failed: channel={}", context.channel(), cause);
        context.close();
    }

    // ---- from the endpoint ----------------------------------------------------------------------------------------

    void upstreamRead(ByteBuf bytes, Channel source) {
        lastActiveTick = loop.tick();
        loop.stats().downstreamBytesSent.add(bytes.readableBytes());
        Channel target = context().channel();
        target.write(bytes, target.voidPromise());
        if (!target.isWritable()) {
            source.config().setAutoRead(false);
        }
    }

    void upstreamReadComplete() {
        context().flush();
    }

    void upstreamWritable(boolean writable) {
        if (!inputEnded) {
            context().channel().config().setAutoRead(writable);
        }
    }

    void upstreamInputEnded(Channel source) {
        endOutput((DuplexChannel) context().channel(), (DuplexChannel) source);
    }

    void upstreamClosed() {
        UpstreamEndpoint used = endpoint;
        if (used != null) {
            used.connectionClosed();
        }
        ChannelHandlerContext context = context();
        if (!closed) {
            // What was read before the close is on its way; an empty write is behind it.
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> context.close());
        }
    }

    // ---- operations -----------------------------------------------------------------------------------------------

    @Override
    public ConnectionReport report() {
        return new ConnectionReport(
                origin.peerText(),
                origin.destinationText(),
                backend == null ? "passthrough" : "tcp",
                origin.workloadName(),
                origin.ageMillis(loop.nanos()),
                1,
                1);
    }

    @Override
    public void drain() {
        // Opaque bytes have no end that we could wait for: the connection goes on until the drain deadline.
    }

    @Override
    public void closeNow() {
        context().close();
    }

    @Override
    public void closeIfIdle(int tick, int idleTicks) {
        UpstreamEndpoint used = endpoint;
        int own = used == null ? 0 : used.scope().pool().tcpIdleTimeoutMillis();
        if (tick - lastActiveTick >= (own == 0 ? idleTicks : Math.ceilDiv(own, loop.tickMillis()))) {
            context().close();
        }
    }
}
