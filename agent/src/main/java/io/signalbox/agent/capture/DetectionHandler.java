package io.signalbox.agent.capture;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import io.signalbox.agent.detect.Detection;
import io.signalbox.agent.detect.ProtocolDetector;
import io.signalbox.agent.proxy.ConnectionReport;
import io.signalbox.agent.proxy.DownstreamConnection;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Origin;
import io.signalbox.agent.proxy.http1.Http1Downstream;
import io.signalbox.agent.proxy.http2.Http2Downstream;
import io.signalbox.agent.proxy.tcp.TcpDownstream;
import io.signalbox.agent.routing.PreparedRoute;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for enough of a client's first bytes to tell its protocol, then gives way to the handler of that protocol.
 * Where a detection timeout is set and runs out, the connection goes on as opaque bytes.
 */
final class DetectionHandler extends ChannelInboundHandlerAdapter implements DownstreamConnection {
    private final LoopContext loop;
    private final Origin origin;
    private final @Nullable PreparedRoute opaqueRoute;
    private final int startTick;
    private byte[] first = new byte[256];
    private int length;
    private @Nullable ByteBuf collected;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Future<?> timeout;

    /** @param opaqueRoute where the connection goes when it is not HTTP; null: pass through */
    DetectionHandler(LoopContext loop, Origin origin, @Nullable PreparedRoute opaqueRoute) {
        this.loop = loop;
        this.origin = origin;
        this.opaqueRoute = opaqueRoute;
        this.startTick = loop.tick();
        loop.opened(this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        long millis = loop.limits().detectionTimeoutMillis();
        if (millis > 0) {
            timeout = context.executor().schedule(this::goOnAsOpaque, millis, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        keep(bytes);
        ByteBuf before = collected;
        if (before == null) {
            collected = bytes;
        } else {
            collected = context.alloc()
                    .directBuffer(before.readableBytes() + bytes.readableBytes())
                    .writeBytes(before)
                    .writeBytes(bytes);
            before.release();
            bytes.release();
        }
        decide(ProtocolDetector.detect(first, length));
    }

    private void keep(ByteBuf bytes) {
        int room = ProtocolDetector.MAX_REQUEST_LINE_BYTES + 64 - length;
        int count = Math.min(room, bytes.readableBytes());
        if (length + count > first.length) {
            byte[] larger = new byte[Math.max(length + count, first.length * 2)];
            System.arraycopy(first, 0, larger, 0, length);
            first = larger;
        }
        bytes.getBytes(bytes.readerIndex(), first, length, count);
        length += count;
    }

    private void decide(Detection detection) {
        switch (detection) {
            case UNDECIDED -> {}
            case HTTP1 -> giveWayTo(new Http1Downstream(loop, origin));
            case HTTP2 -> giveWayTo(new Http2Downstream(loop, origin));
            case TLS, OPAQUE -> goOnAsOpaque();
        }
    }

    private void goOnAsOpaque() {
        PreparedRoute route = opaqueRoute;
        giveWayTo(new TcpDownstream(loop, origin, route == null ? null : route.backend(loop.random())));
    }

    private void giveWayTo(ChannelHandler next) {
        ChannelHandlerContext context = ctx;
        if (context == null || context.isRemoved()) {
            return;
        }
        ByteBuf bytes = collected;
        collected = null;
        context.pipeline().addLast(next);
        if (bytes != null) {
            context.fireChannelRead(bytes);
            context.fireChannelReadComplete();
        }
        context.pipeline().remove(this);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            // No more bytes will come: what there is, is not HTTP.
            goOnAsOpaque();
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        loop.closed(this);
        if (timeout != null) {
            timeout.cancel(false);
        }
        if (collected != null) {
            collected.release();
            collected = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    // ---- operations -----------------------------------------------------------------------------------------------

    @Override
    public ConnectionReport report() {
        return new ConnectionReport(
                origin.peerText(),
                origin.destinationText(),
                "detecting",
                origin.workloadName(),
                origin.ageMillis(loop.nanos()),
                0,
                0);
    }

    @Override
    public void drain() {
        closeNow();
    }

    @Override
    public void closeNow() {
        ChannelHandlerContext context = ctx;
        if (context != null) {
            context.close();
        }
    }

    @Override
    public void closeIfIdle(int tick, int idleTicks) {
        if (tick - startTick >= idleTicks) {
            closeNow();
        }
    }
}
