package io.signalbox.agent.capture.pods;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.signalbox.agent.capture.Listeners;
import io.signalbox.agent.capture.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening sockets in one network namespace: one for IPv4 and one for IPv6, both on loopback, where REDIRECT leads
 * what the namespace's own processes send, and where nobody else gets to. One event loop accepts; the connections are
 * dealt out to all in turn, since a socket for each loop would be thousands on a node with many pods and processors.
 */
final class PodListeners implements AutoCloseable {
    /** Ports that are tried. The agent that this one replaces may still have one, and so may the pod's programs. */
    private static final int PORTS = 16;

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress LOOPBACK_IPV6 = InetAddress.ofLiteral("::1");
    private static final Logger LOG = LoggerFactory.getLogger(PodListeners.class);

    private final int port;
    private final List<Channel> channels;

    private PodListeners(int port, List<Channel> channels) {
        this.port = port;
        this.channels = channels;
    }

    /**
     * Listens on one port for both families.
     *
     * @param loops what accepted connections are dealt out to
     * @param acceptor takes them; used on all loops
     * @param firstPort the first of the ports that are tried
     */
    static PodListeners open(NetworkNamespace namespace, EventLoopGroup loops, ChannelHandler acceptor, int firstPort)
            throws IOException {
        IOException last = new IOException("no port was tried");
        for (int port = firstPort; port < firstPort + PORTS; port++) {
            List<Channel> channels = new ArrayList<>(2);
            try {
                EventLoop accepting = loops.next();
                channels.add(
                        bind(socket(namespace, SocketProtocolFamily.INET), LOOPBACK, port, accepting, loops, acceptor));
                if (hasIpv6(namespace)) {
                    channels.add(bind(
                            socket(namespace, SocketProtocolFamily.INET6),
                            LOOPBACK_IPV6,
                            port,
                            accepting,
                            loops,
                            acceptor));
                }
                return new PodListeners(port, List.copyOf(channels));
            } catch (IOException e) {
                channels.forEach(Channel::close);
                last = e;
            }
        }
        throw new IOException(
                "no listener on ports " + firstPort + " to " + (firstPort + PORTS - 1) + ": " + last.getMessage(),
                last);
    }

    private static boolean hasIpv6(NetworkNamespace namespace) throws IOException {
        try {
            socket(namespace, SocketProtocolFamily.INET6).unsafe().closeForcibly();
            return true;
        } catch (IOException e) {
            LOG.debug("no IPv6: namespace={} reason={}", namespace, e.toString());
            return false;
        }
    }

    private static EpollServerSocketChannel socket(NetworkNamespace namespace, SocketProtocolFamily family)
            throws IOException {
        try {
            return namespace.inside(() -> new EpollServerSocketChannel(family));
        } catch (ChannelException e) {
            throw new IOException(family + ": no socket: " + e.getMessage(), e);
        }
    }

    private static Channel bind(
            EpollServerSocketChannel socket,
            InetAddress address,
            int port,
            EventLoop accepting,
            EventLoopGroup loops,
            ChannelHandler acceptor)
            throws IOException {
        ChannelFuture bound = Listeners.newBootstrap()
                .group(accepting, loops)
                .channelFactory(() -> socket)
                // The loopback device of a new namespace may not be up yet.
                .option(EpollChannelOption.IP_FREEBIND, true)
                .childHandler(acceptor)
                .bind(new InetSocketAddress(address, port))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(String.valueOf(bound.cause().getMessage()), bound.cause());
        }
        return bound.channel();
    }

    /** Where they listen. */
    int port() {
        return port;
    }

    /** Accepts nothing more; open connections go on. */
    @Override
    public void close() {
        channels.forEach(channel -> channel.close().awaitUninterruptibly());
    }
}
