package io.signalbox.agent.proxy.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;

/** The endpoint's side of an opaque connection: hands everything to the caller's side. */
final class TcpUpstream extends ChannelInboundHandlerAdapter {
    private final TcpDownstream downstream;
    private boolean connected;

    TcpUpstream(TcpDownstream downstream) {
        this.downstream = downstream;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        connected = context.channel().isActive();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        connected = true;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        downstream.upstreamRead((ByteBuf) message, context.channel());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        downstream.upstreamReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        downstream.upstreamWritable(context.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
            downstream.upstreamInputEnded(context.channel());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (connected) {
            connected = false;
            downstream.upstreamClosed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
