package io.signalbox.agent.capture;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import io.signalbox.agent.detect.ClientHello;
import io.signalbox.agent.detect.ProtocolDetector;
import io.signalbox.agent.proxy.ConnectionReport;
import io.signalbox.agent.proxy.DownstreamConnection;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Origin;
import io.signalbox.agent.proxy.http1.Http1Downstream;
import io.signalbox.agent.proxy.http2.Http2Downstream;
import io.signalbox.agent.routing.ConnectionDecision;
import io.signalbox.agent.routing.Router;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for enough of a client's first bytes to tell its protocol and, where it counts, the SNI of its ClientHello;
 * then gives way to the handler of that protocol. Where a detection timeout is set and runs out, the connection goes on
 * as opaque bytes.
 */
final class DetectionHandler extends ChannelInboundHandlerAdapter implements DownstreamConnection {
    private static final int MAX_BYTES = Math.max(ProtocolDetector.MAX_REQUEST_LINE_BYTES, ClientHello.MAX_BYTES) + 64;

    private final LoopContext loop;
    private final Origin origin;
    private final Router router;
    private final int startTick;
    private byte[] first = new byte[256];
    private int length;
    private @Nullable ByteBuf collected;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Future<?> timeout;

    /** @param router has said that the bytes decide */
    DetectionHandler(LoopContext loop, Origin origin, Router router) {
        this.loop = loop;
        this.origin = origin;
        this.router = router;
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
        decide();
    }

    private void keep(ByteBuf bytes) {
        int room = MAX_BYTES - length;
        int count = Math.min(room, bytes.readableBytes());
        if (length + count > first.length) {
            byte[] larger = new byte[Math.max(length + count, first.length * 2)];
            System.arraycopy(first, 0, larger, 0, length);
            first = larger;
        }
        bytes.getBytes(bytes.readerIndex(), first, length, count);
        length += count;
    }

    private void decide() {
        if (!router.takesHttp()) {
            tls();
            return;
        }
        switch (ProtocolDetector.detect(first, length)) {
            case UNDECIDED -> {}
            case HTTP1 -> giveWayTo(new Http1Downstream(loop, origin));
            case HTTP2 -> giveWayTo(new Http2Downstream(loop, origin));
            case TLS -> tls();
            case OPAQUE -> goOnAsOpaque();
        }
    }

    private void tls() {
        if (!router.dependsOnSni()) {
            goOnAsOpaque();
            return;
        }
        ClientHello hello = ClientHello.read(first, length);
        switch (hello.status()) {
            case INCOMPLETE -> {}
            case COMPLETE -> goOn(router.tls(hello.serverName()), hello.serverName());
            case NONE -> goOnAsOpaque();
        }
    }

    private void goOnAsOpaque() {
        goOn(router.opaque(), null);
    }

    private void goOn(ConnectionDecision decision, @Nullable String serverName) {
        ChannelHandler next = Forwarding.handler(loop, origin, router, decision, serverName);
        if (next == null) {
            closeNow();
        } else {
            giveWayTo(next);
        }
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
        // The first bytes may be on their way; then this handler has given way.
        loop.eventLoop().schedule(this::closeIfHere, LoopContext.DRAIN_GRACE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void closeIfHere() {
        ChannelHandlerContext context = ctx;
        if (context != null && !context.isRemoved()) {
            context.close();
        }
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
