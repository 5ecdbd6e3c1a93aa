package io.signalbox.loadtest.e2e;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.signalbox.loadtest.harness.MeshService;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A WebSocket client by Netty's codecs, which check the handshake. */
final class WebSocketCaller implements AutoCloseable {
    private static final char ENABLE_CONNECT_PROTOCOL = 8;

    private final EventLoopGroup threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final Channel channel;

    private WebSocketCaller(MeshService<?> service, boolean http2) throws InterruptedException {
        channel = http2 ? http2(service) : http1(service);
    }

    /** Opens a WebSocket at {@code /chat}. */
    static WebSocketCaller open(MeshService<?> service, boolean http2) throws InterruptedException {
        return new WebSocketCaller(service, http2);
    }

    private Channel http1(MeshService<?> service) {
        URI uri = URI.create(
                "ws://" + service.spec().host() + ":" + service.address().getPort() + "/chat");
        return connect(service, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                connection
                        .pipeline()
                        .addLast(
                                new HttpClientCodec(),
                                new HttpObjectAggregator(WebSocketStream.MAX_FRAME_BYTES),
                                new WebSocketClientProtocolHandler(
                                        WebSocketClientHandshakerFactory.newHandshaker(
                                                uri,
                                                WebSocketVersion.V13,
                                                null,
                                                false,
                                                new DefaultHttpHeaders(),
                                                WebSocketStream.MAX_FRAME_BYTES),
                                        false),
                                new Events());
            }
        });
    }

    private Channel http2(MeshService<?> service) throws InterruptedException {
        Channel connection = connect(service, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel to) {
                to.pipeline()
                        .addLast(
                                Http2FrameCodecBuilder.forClient().build(),
                                new Http2MultiplexHandler(new Events()),
                                new Settings());
            }
        });
        String offer = next();
        if (!offer.equals("websockets offered")) {
            throw new IllegalStateException(offer + " (expected: the offer of websockets)");
        }
        Channel stream = new Http2StreamChannelBootstrap(connection)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel opened) {
                        WebSocketStream.addTo(opened.pipeline(), false);
                        opened.pipeline().addLast(new Events());
                    }
                })
                .open()
                .syncUninterruptibly()
                .getNow();
        String authority = service.spec().host() + ":" + service.address().getPort();
        stream.writeAndFlush(WebSocketStream.request(authority, "/chat"));
        return stream;
    }

    private Channel connect(MeshService<?> service, ChannelInitializer<Channel> pipeline) {
        return new Bootstrap()
                .group(threads)
                .channel(NioSocketChannel.class)
                .handler(pipeline)
                .connect(service.address())
                .syncUninterruptibly()
                .channel();
    }

    /** Sends a text. */
    void send(String text) {
        channel.writeAndFlush(new TextWebSocketFrame(text));
    }

    /** Begins to close the WebSocket. */
    void sendClose() {
        channel.writeAndFlush(new CloseWebSocketFrame(1000, "done"));
    }

    /** What came next: {@code open}, a text, {@code closed 1000}, or {@code ended}. */
    String next() throws InterruptedException {
        return String.valueOf(events.poll(20, TimeUnit.SECONDS));
    }

    @Override
    public void close() {
        threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private final class Settings extends SimpleChannelInboundHandler<Http2SettingsFrame> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, Http2SettingsFrame frame) {
            Long offer = frame.settings().get(ENABLE_CONNECT_PROTOCOL);
            events.add(offer != null && offer == 1 ? "websockets offered" : "no websockets");
        }
    }

    private final class Events extends SimpleChannelInboundHandler<WebSocketFrame> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
            if (frame instanceof TextWebSocketFrame text) {
                events.add(text.text());
            } else if (frame instanceof CloseWebSocketFrame close) {
                events.add("closed " + close.statusCode());
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
                events.add("open");
            } else if (event instanceof Http2HeadersFrame head) {
                events.add(
                        "200".contentEquals(head.headers().status())
                                ? "open"
                                : "refused " + head.headers().status());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            events.add("ended");
        }
    }
}
