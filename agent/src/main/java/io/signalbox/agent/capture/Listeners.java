package io.signalbox.agent.capture;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.UnixChannelOption;
import io.signalbox.agent.handover.InheritedSockets;
import io.signalbox.agent.handover.ListeningSocket;
import io.signalbox.agent.upstream.Upstreams;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The listening sockets: one per address and event loop, all of one address with SO_REUSEPORT, so that a connection is
 * accepted where it will be served. Methods are called from one control thread at a time; {@link #isBound} from any.
 */
public final class Listeners {
    private static final int BACKLOG = 1024;

    private final List<EventLoop> loops;
    private final Function<EventLoop, ChannelHandler> acceptor;
    private final boolean isTransparent;
    private InheritedSockets inherited = InheritedSockets.none();
    private boolean isPaused;
    private final Map<InetSocketAddress, List<Channel>> bound = new ConcurrentHashMap<>();
    private final Map<InetSocketAddress, String> problems = new ConcurrentHashMap<>();

    /**
     * @param acceptor makes the handler of each event loop's accepted connections
     * @param isTransparent whether connections to any address are taken, as TPROXY brings them; needs CAP_NET_ADMIN
     */
    public Listeners(List<EventLoop> loops, Function<EventLoop, ChannelHandler> acceptor, boolean isTransparent) {
        this.loops = List.copyOf(loops);
        this.acceptor = acceptor;
        this.isTransparent = isTransparent;
    }

    /** Uses a predecessor's sockets where it would bind, and accepts nothing before {@link #accept}. */
    public void inherit(InheritedSockets sockets) {
        inherited = sockets;
        isPaused = true;
    }

    /** Accepts connections from now on. */
    public void accept() {
        isPaused = false;
        bound.values()
                .forEach(
                        channels -> channels.forEach(channel -> channel.config().setAutoRead(true)));
    }

    /** All listening sockets, for a successor. */
    public List<ListeningSocket> sockets() {
        List<ListeningSocket> sockets = new ArrayList<>();
        bound.forEach((address, channels) -> channels.forEach(channel -> sockets.add(new ListeningSocket(
                "", address, ((EpollServerSocketChannel) channel).fd().intValue()))));
        return sockets;
    }

    /** Whether the agent listens on this address. */
    public boolean isBound(InetSocketAddress address) {
        return bound.containsKey(address);
    }

    /** Addresses that could not be bound, with the reason. */
    public Map<InetSocketAddress, String> problems() {
        return Map.copyOf(problems);
    }

    /**
     * Binds what is wanted and not yet bound, and closes what is bound and no longer wanted. Open connections go on.
     */
    public void listenOn(Set<InetSocketAddress> wanted) {
        for (InetSocketAddress address : List.copyOf(bound.keySet())) {
            if (!wanted.contains(address)) {
                close(address);
            }
        }
        problems.keySet().retainAll(wanted);
        for (InetSocketAddress address : wanted) {
            if (!bound.containsKey(address)) {
                bind(address);
            }
        }
    }

    /**
     * Binds one address on every loop.
     *
     * @return the bound address, which tells the port where 0 was asked for; null when it failed, see {@link #problems}
     */
    public @Nullable InetSocketAddress bind(InetSocketAddress address) {
        List<Channel> channels = new ArrayList<>(loops.size());
        InetSocketAddress actual = address;
        List<Integer> descriptors = inherited.take("", address);
        // A predecessor may have had fewer or more event loops: all its sockets are served, or connections in their
        // queues
        // were lost; and each loop has one.
        for (int i = 0; i < Math.max(loops.size(), descriptors.size()); i++) {
            EventLoop loop = loops.get(i % loops.size());
            ChannelFuture future = i < descriptors.size()
                    ? adopt(loop, descriptors.get(i))
                    : bind(loop, actual).awaitUninterruptibly();
            channels.add(future.channel());
            if (!future.isSuccess() || !isAsWanted(future.channel())) {
                channels.forEach(Channel::close);
                problems.put(
                        address,
                        future.isSuccess()
                                ? "IP_TRANSPARENT cannot be set (expected: CAP_NET_ADMIN)"
                                : String.valueOf(future.cause().getMessage()));
                return null;
            }
            actual = (InetSocketAddress) future.channel().localAddress();
        }
        problems.remove(address);
        bound.put(actual, channels);
        return actual;
    }

    /** Netty only logs an option that cannot be set. */
    private boolean isAsWanted(Channel channel) {
        return !isTransparent || channel.config().getOption(EpollChannelOption.IP_TRANSPARENT);
    }

    private ChannelFuture adopt(EventLoop loop, int descriptor) {
        return bootstrap(loop, () -> new EpollServerSocketChannel(descriptor))
                .register()
                .awaitUninterruptibly();
    }

    private ChannelFuture bind(EventLoop loop, InetSocketAddress address) {
        SocketProtocolFamily family =
                address.getAddress() instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        return bootstrap(loop, () -> new EpollServerSocketChannel(family)).bind(address);
    }

    private ServerBootstrap bootstrap(EventLoop loop, ChannelFactory<EpollServerSocketChannel> factory) {
        ServerBootstrap bootstrap = newBootstrap()
                .group(loop)
                .channelFactory(factory)
                .option(UnixChannelOption.SO_REUSEPORT, true)
                .option(ChannelOption.AUTO_READ, !isPaused)
                .childHandler(acceptor.apply(loop));
        return isTransparent ? bootstrap.option(EpollChannelOption.IP_TRANSPARENT, true) : bootstrap;
    }

    /** A bootstrap with the options that all listeners, and all connections that they accept, have. */
    public static ServerBootstrap newBootstrap() {
        return new ServerBootstrap()
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Upstreams.WATER_MARK);
    }

    private void close(InetSocketAddress address) {
        List<Channel> channels = bound.remove(address);
        if (channels != null) {
            channels.forEach(channel -> channel.close().awaitUninterruptibly());
        }
    }

    /** Closes all listeners; open connections go on. */
    public void close() {
        List.copyOf(bound.keySet()).forEach(this::close);
    }
}
