package io.signalbox.agent.capture.rules;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.Future;
import io.signalbox.agent.socket.SocketMark;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The agent's sign of life in one network namespace: a datagram each second, with the agent's mark, to its port on
 * 127.0.0.1. The rules of {@link CaptureRules} see it; nobody receives it. Runs on an event loop that carries no
 * traffic.
 */
public final class Heartbeat implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 1000;
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final EpollDatagramChannel socket;
    private final InetSocketAddress to;
    private final Future<?> beating;

    private Heartbeat(EpollDatagramChannel socket, int port) {
        this.socket = socket;
        this.to = new InetSocketAddress(LOOPBACK, port);
        this.beating = socket.eventLoop().scheduleAtFixedRate(this::beat, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Begins in the network namespace of the calling thread; throws when the mark cannot be set. */
    public static Heartbeat start(EventLoop loop, int port, int socketMark) throws IOException {
        return start(loop, new EpollDatagramChannel(SocketProtocolFamily.INET), port, socketMark);
    }

    /**
     * Begins in the network namespace of a socket.
     *
     * @param loop carries no traffic
     * @param socket of IPv4, not bound yet, on no event loop yet; closed with the heartbeat, or when this fails
     * @param port of the agent's listeners, as {@link CaptureRules#port}
     * @throws IOException when the mark cannot be set, or the socket not bound
     */
    public static Heartbeat start(EventLoop loop, EpollDatagramChannel socket, int port, int socketMark)
            throws IOException {
        try {
            socket.config().setOption(SocketMark.OPTION, socketMark);
        } catch (ChannelException e) {
            socket.unsafe().closeForcibly();
            throw new IOException(
                    "SO_MARK " + socketMark + ": cannot be set: " + e.getMessage() + " (expected: CAP_NET_ADMIN)", e);
        }
        ChannelFuture bound = new Bootstrap()
                .group(loop)
                .channelFactory(() -> socket)
                .handler(new ChannelInboundHandlerAdapter())
                .bind(LOOPBACK, 0)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "heartbeat: no socket on 127.0.0.1: " + bound.cause().getMessage(), bound.cause());
        }
        return new Heartbeat(socket, port);
    }

    private void beat() {
        // One byte: Netty sends no empty datagrams.
        socket.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(new byte[1]), to), socket.voidPromise());
    }

    /** Ends the signs of life; rules that fail open stop capturing after {@link CaptureRules#ALIVE_SECONDS} seconds. */
    @Override
    public void close() {
        beating.cancel(false);
        socket.close();
    }
}
