package io.signalbox.agent.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Promise;
import javax.net.ssl.SSLException;

/** Waits for the end of a TLS handshake, then gives way to the handler of what is spoken inside. */
final class TlsHandshake extends ChannelInboundHandlerAdapter {
    private final Promise<Channel> opened;
    private final ChannelHandler next;
    private final String protocol;

    /** @param protocol that must have been negotiated, if any was; empty: none is expected */
    TlsHandshake(Promise<Channel> opened, ChannelHandler next, String protocol) {
        this.opened = opened;
        this.next = next;
        this.protocol = protocol;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
            context.fireUserEventTriggered(event);
        } else if (!handshake.isSuccess()) {
            fail(context, handshake.cause());
        } else {
            String agreed = context.pipeline().get(SslHandler.class).applicationProtocol();
            if (agreed != null && !agreed.isEmpty() && !agreed.equals(protocol)) {
                fail(context, new SSLException("application protocol: " + agreed + " (expected: " + protocol + ")"));
                return;
            }
            // What the server has said already comes right behind this event.
            context.pipeline().replace(this, null, next);
            opened.trySuccess(context.channel());
        }
    }

    private void fail(ChannelHandlerContext context, Throwable cause) {
        opened.tryFailure(cause);
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        opened.tryFailure(new SSLException("the connection ended before the TLS handshake did"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(context, cause);
    }
}
