package io.signalbox.loadtest.e2e;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;

/** A stream of HTTP/2 that carries a WebSocket (RFC 8441), below Netty's codec of WebSocket frames. */
final class WebSocketStream extends ChannelDuplexHandler {
    static final int MAX_FRAME_BYTES = 1 << 20;

    private final boolean server;

    private WebSocketStream(boolean server) {
        this.server = server;
    }

    /** Adds all that a stream needs to send and take WebSocket frames. */
    static void addTo(ChannelPipeline stream, boolean server) {
        stream.addLast(
                new WebSocketStream(server),
                new WebSocket13FrameDecoder(server, false, MAX_FRAME_BYTES),
                new WebSocket13FrameEncoder(!server));
    }

    /** The head that asks for a WebSocket. */
    static Http2HeadersFrame request(String authority, String path) {
        Http2Headers head = new DefaultHttp2Headers()
                .method("CONNECT")
                .scheme("http")
                .authority(authority)
                .path(path)
                .add(":protocol", "websocket")
                .add("sec-websocket-version", "13");
        return new DefaultHttp2HeadersFrame(head);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Http2DataFrame data) {
            context.fireChannelRead(data.content());
            if (data.isEndStream() && server) {
                context.writeAndFlush(new DefaultHttp2DataFrame(true));
            }
        } else if (message instanceof Http2HeadersFrame head) {
            if (!server) {
                context.fireUserEventTriggered(head);
            } else if ("websocket".contentEquals(String.valueOf(head.headers().get(":protocol")))) {
                context.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
            } else {
                Http2Headers refusal = new DefaultHttp2Headers().status("400");
                context.writeAndFlush(new DefaultHttp2HeadersFrame(refusal, true));
            }
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        context.write(message instanceof ByteBuf bytes ? new DefaultHttp2DataFrame(bytes) : message, promise);
    }
}
