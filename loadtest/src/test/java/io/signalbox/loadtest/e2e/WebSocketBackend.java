package io.signalbox.loadtest.e2e;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.signalbox.loadtest.backend.Backend;
import java.net.InetSocketAddress;

/**
 * A WebSocket server at {@code /chat}, by HTTP/1.1 or HTTP/2: answers each text with its name, a space and the text.
 */
final class WebSocketBackend implements Backend {
    private static final char ENABLE_CONNECT_PROTOCOL = 8;

    private final String name;
    private final EventLoopGroup threads;
    private final Channel listener;

    private WebSocketBackend(String name, InetSocketAddress address, boolean http2) {
        this.name = name;
        this.threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        this.listener = new ServerBootstrap()
                .group(threads)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (http2) {
                            http2(channel);
                        } else {
                            http1(channel);
                        }
                    }
                })
                .bind(address)
                .syncUninterruptibly()
                .channel();
    }

    /** A starter of servers. */
    static Backend.Starter<WebSocketBackend> starter(boolean http2) {
        return (name, address) -> new WebSocketBackend(name, address, http2);
    }

    private void http1(Channel channel) {
        channel.pipeline()
                .addLast(
                        new HttpServerCodec(),
                        new HttpObjectAggregator(WebSocketStream.MAX_FRAME_BYTES),
                        new WebSocketServerProtocolHandler("/chat", null, false, WebSocketStream.MAX_FRAME_BYTES),
                        new Echo());
    }

    private void http2(Channel channel) {
        Http2Settings settings = Http2Settings.defaultSettings();
        settings.put(ENABLE_CONNECT_PROTOCOL, Long.valueOf(1));
        channel.pipeline()
                .addLast(
                        Http2FrameCodecBuilder.forServer()
                                .initialSettings(settings)
                                .build(),
                        new Http2MultiplexHandler(new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel stream) {
                                WebSocketStream.addTo(stream.pipeline(), true);
                                stream.pipeline().addLast(new Echo());
                            }
                        }));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    @Override
    public void close() {
        threads.shutdownGracefully().syncUninterruptibly();
    }

    private final class Echo extends SimpleChannelInboundHandler<WebSocketFrame> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
            if (frame instanceof TextWebSocketFrame text) {
                context.writeAndFlush(new TextWebSocketFrame(name + " " + text.text()));
            } else if (frame instanceof CloseWebSocketFrame close) {
                context.writeAndFlush(close.retainedDuplicate());
            }
        }
    }
}
