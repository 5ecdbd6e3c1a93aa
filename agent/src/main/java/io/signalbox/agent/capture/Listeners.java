package io.signalbox.agent.capture;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.UnixChannelOption;
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
    private final Map<InetSocketAddress, List<Channel>> bound = new ConcurrentHashMap<>();
    private final Map<InetSocketAddress, String> problems = new ConcurrentHashMap<>();

    /** @param acceptor makes the handler of each event loop's accepted connections */
    public Listeners(List<EventLoop> loops, Function<EventLoop, ChannelHandler> acceptor) {
        this.loops = List.copyOf(loops);
        this.acceptor = acceptor;
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
        for (EventLoop loop : loops) {
            ChannelFuture future = bootstrap(loop, address).bind(actual).awaitUninterruptibly();
            if (!future.isSuccess()) {
                channels.forEach(Channel::close);
                problems.put(address, String.valueOf(future.cause().getMessage()));
                return null;
            }
            channels.add(future.channel());
            actual = (InetSocketAddress) future.channel().localAddress();
        }
        problems.remove(address);
        bound.put(actual, channels);
        return actual;
    }

    private ServerBootstrap bootstrap(EventLoop loop, InetSocketAddress address) {
        SocketProtocolFamily family =
                address.getAddress() instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        return new ServerBootstrap()
                .group(loop)
                .channelFactory(() -> new EpollServerSocketChannel(family))
                .option(UnixChannelOption.SO_REUSEPORT, true)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Upstreams.WATER_MARK)
                .childHandler(acceptor.apply(loop));
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
