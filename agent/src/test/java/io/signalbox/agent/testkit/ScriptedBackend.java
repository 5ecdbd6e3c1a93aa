package io.signalbox.agent.testkit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that answers as a test says, by HTTP/1.1 or HTTP/2, and remembers what it was asked. */
public final class ScriptedBackend implements AutoCloseable {
    /** Says what to answer; {@code number} counts requests from 1. It may block. */
    @FunctionalInterface
    public interface Script {
        Reply answer(HttpMessage request, int number) throws Exception;
    }

    /**
     * What to answer.
     *
     * @param status below 0: nothing; 0: the stream (HTTP/2) or connection (HTTP/1.1) is reset
     * @param errorCode of the reset of an HTTP/2 stream
     * @param fields name, value, name, value, ...
     */
    public record Reply(int status, long errorCode, String body, List<String> fields) {
        /** A response. */
        public static Reply of(int status, String body, String... fields) {
            return new Reply(status, 0, body, List.of(fields));
        }

        /** The stream or connection breaks. */
        public static Reply reset() {
            return new Reply(0, Http2Error.INTERNAL_ERROR.code(), "", List.of());
        }

        /** The stream is refused. */
        public static Reply refused() {
            return new Reply(0, Http2Error.REFUSED_STREAM.code(), "", List.of());
        }

        /** No answer, ever. */
        public static Reply none() {
            return new Reply(-1, 0, "", List.of());
        }
    }

    private final Script script;
    private final List<HttpMessage> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger number = new AtomicInteger();
    private final AtomicInteger resets = new AtomicInteger();
    private final Endpoint endpoint;
    private final Runnable stop;

    private ScriptedBackend(HttpKind kind, Script script) {
        this.script = script;
        if (!kind.backendSpeaksHttp2()) {
            RawBackend raw = RawBackend.running((connection, count) -> serve(connection));
            endpoint = raw.endpoint();
            stop = raw::close;
        } else {
            var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
            Channel listener = new ServerBootstrap()
                    .group(group)
                    .channel(EpollServerSocketChannel.class)
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline()
                                    .addLast(Http2FrameCodecBuilder.forServer().build(), new Frames());
                        }
                    })
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .syncUninterruptibly()
                    .channel();
            InetSocketAddress address = (InetSocketAddress) listener.localAddress();
            endpoint = new Endpoint(address.getAddress(), address.getPort());
            stop = () -> group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    /** Starts one. */
    public static ScriptedBackend start(HttpKind kind, Script script) {
        return new ScriptedBackend(kind, script);
    }

    /** One that answers 200 with a body. */
    public static ScriptedBackend answering(HttpKind kind, String body) {
        return start(kind, (request, count) -> Reply.of(200, body));
    }

    /** Where it listens. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** The complete requests so far, in the order in which they came. */
    public List<HttpMessage> requests() {
        return requests;
    }

    /** The only request so far. */
    public HttpMessage request() {
        if (requests.size() != 1) {
            throw new AssertionError("requests: " + requests.size() + " (expected: 1)");
        }
        return requests.get(0);
    }

    /** HTTP/2 streams that the other side has reset. */
    public int resets() {
        return resets.get();
    }

    private Reply ask(HttpMessage request) throws Exception {
        requests.add(request);
        return script.answer(request, number.incrementAndGet());
    }

    private void serve(RawConnection connection) throws Exception {
        while (true) {
            RawMessage raw = connection.readMessage();
            String[] line = raw.startLine().split(" ", 3);
            List<Map.Entry<String, String>> fields = new ArrayList<>();
            raw.fields().lines().forEach(text -> {
                int colon = text.indexOf(':');
                fields.add(Map.entry(
                        text.substring(0, colon).toLowerCase(Locale.ROOT),
                        text.substring(colon + 1).strip()));
            });
            Reply reply = ask(new HttpMessage(0, line[0], raw.header("host"), line[1], fields, raw.body()));
            if (reply.status() < 0) {
                connection.read();
                return;
            }
            if (reply.status() == 0) {
                connection.reset();
                return;
            }
            StringBuilder head = new StringBuilder("HTTP/1.1 " + reply.status() + " Scripted\r\n");
            for (int i = 0; i < reply.fields().size(); i += 2) {
                head.append(reply.fields().get(i))
                        .append(": ")
                        .append(reply.fields().get(i + 1))
                        .append("\r\n");
            }
            boolean bodiless = line[0].equals("HEAD");
            connection.send(
                    head + "Content-Length: " + reply.body().length() + "\r\n\r\n" + (bodiless ? "" : reply.body()));
        }
    }

    @Override
    public void close() {
        stop.run();
    }

    /** What has come of the requests of one HTTP/2 connection. */
    private final class Frames extends ChannelInboundHandlerAdapter {
        private final Map<Http2FrameStream, Http2Headers> heads = new HashMap<>();
        private final Map<Http2FrameStream, StringBuilder> bodies = new HashMap<>();

        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            try {
                if (frame instanceof Http2HeadersFrame headers) {
                    heads.putIfAbsent(headers.stream(), headers.headers());
                    end(context, headers.stream(), headers.isEndStream());
                } else if (frame instanceof Http2DataFrame data) {
                    bodies.computeIfAbsent(data.stream(), s -> new StringBuilder())
                            .append(new String(ByteBufUtil.getBytes(data.content()), StandardCharsets.ISO_8859_1));
                    context.write(
                            new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes()).stream(data.stream()));
                    end(context, data.stream(), data.isEndStream());
                } else if (frame instanceof Http2ResetFrame) {
                    resets.incrementAndGet();
                }
            } finally {
                ReferenceCountUtil.release(frame);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        private void end(ChannelHandlerContext context, Http2FrameStream stream, boolean ended) {
            if (!ended) {
                return;
            }
            Http2Headers head = Objects.requireNonNull(heads.get(stream));
            List<Map.Entry<String, String>> fields = new ArrayList<>();
            head.forEach(field -> fields.add(
                    Map.entry(field.getKey().toString(), field.getValue().toString())));
            HttpMessage request = new HttpMessage(
                    0,
                    String.valueOf(head.method()),
                    String.valueOf(head.authority()),
                    String.valueOf(head.path()),
                    fields,
                    bodies.getOrDefault(stream, new StringBuilder()).toString());
            Thread.ofVirtual().start(() -> answer(context, stream, request));
        }

        private void answer(ChannelHandlerContext context, Http2FrameStream stream, HttpMessage request) {
            Reply reply;
            try {
                reply = ask(request);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            if (reply.status() == 0) {
                context.writeAndFlush(new DefaultHttp2ResetFrame(reply.errorCode()).stream(stream));
            } else if (reply.status() > 0) {
                Http2Headers headers = new DefaultHttp2Headers().status(Integer.toString(reply.status()));
                for (int i = 0; i < reply.fields().size(); i += 2) {
                    headers.add(reply.fields().get(i), reply.fields().get(i + 1));
                }
                boolean bodiless = reply.body().isEmpty() || request.method().equals("HEAD");
                context.write(new DefaultHttp2HeadersFrame(headers, bodiless).stream(stream));
                if (!bodiless) {
                    byte[] body = reply.body().getBytes(StandardCharsets.ISO_8859_1);
                    context.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(body), true).stream(stream));
                }
                context.flush();
            }
        }
    }
}
