package io.signalbox.agent.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.signalbox.agent.model.ConnectionPool;
import io.signalbox.agent.resolve.Names;
import io.signalbox.agent.socket.SocketMark;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Opens the connections of one event loop: looks up the name where there is one, connects, and begins TLS. */
final class Connector {
    /**
     * The kernel asks idle connections whether the other side is still there, and gives up on what is not acknowledged,
     * so that a node that has vanished is noticed within a minute. PING frames would do it too, but gRPC servers close
     * connections of callers that ping without a call.
     */
    private static final int KEEPALIVE_SECONDS = 30;

    private static final int KEEPALIVE_INTERVAL_SECONDS = 10;
    private static final int KEEPALIVE_PROBES = 3;
    private static final int UNACKNOWLEDGED_MILLIS = 60_000;

    private final EventLoop loop;
    private final ConnectOptions options;
    private final Names names;

    Connector(EventLoop loop, ConnectOptions options, Names names) {
        this.loop = loop;
        this.options = options;
        this.names = names;
    }

    boolean keepsSource() {
        return options.keepsSource();
    }

    int timeoutMillis(EndpointScope scope) {
        int own = scope.pool().connectTimeoutMillis();
        return own > 0 ? own : options.connectTimeoutMillis();
    }

    /**
     * As {@link Upstreams#connect}.
     *
     * @param source address that the connection comes from; null: one of this host's
     */
    Future<Channel> connect(
            UpstreamEndpoint endpoint,
            ChannelHandler handler,
            boolean autoRead,
            String protocol,
            @Nullable InetAddress source) {
        Promise<Channel> opened = loop.newPromise();
        String name = endpoint.hostName();
        if (name == null) {
            connect(endpoint, endpoint.endpoint().toSocketAddress(), handler, autoRead, protocol, source, opened);
            return opened;
        }
        int port = endpoint.endpoint().port();
        List<InetAddress> known = names.addresses(name);
        if (!known.isEmpty()) {
            connect(endpoint, new InetSocketAddress(known.get(0), port), handler, autoRead, protocol, source, opened);
        } else {
            names.resolve(name)
                    .whenCompleteAsync(
                            (addresses, failure) -> {
                                if (failure == null) {
                                    InetSocketAddress first = new InetSocketAddress(addresses.get(0), port);
                                    connect(endpoint, first, handler, autoRead, protocol, source, opened);
                                } else {
                                    opened.setFailure(new UnknownHostException(name + ": " + failure));
                                }
                            },
                            loop);
        }
        return opened;
    }

    /** As {@link Upstreams#connectWith}. */
    Future<Channel> connect(
            Function<SocketProtocolFamily, CompletionStage<EpollSocketChannel>> sockets,
            UpstreamEndpoint endpoint,
            ChannelHandler handler) {
        Promise<Channel> opened = loop.newPromise();
        InetSocketAddress address = endpoint.endpoint().toSocketAddress();
        SocketProtocolFamily family =
                address.getAddress() instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        sockets.apply(family)
                .whenCompleteAsync(
                        (socket, failure) -> {
                            if (failure != null) {
                                opened.setFailure(failure);
                                return;
                            }
                            bootstrap(() -> socket, endpoint.scope().pool(), timeoutMillis(endpoint.scope()), false)
                                    .handler(handler)
                                    .connect(address)
                                    .addListener((ChannelFuture connected) -> settle(opened, connected));
                        },
                        loop);
        return opened;
    }

    private static void settle(Promise<Channel> opened, ChannelFuture connected) {
        if (connected.isSuccess()) {
            opened.setSuccess(connected.channel());
        } else {
            opened.setFailure(connected.cause());
        }
    }

    private void connect(
            UpstreamEndpoint endpoint,
            InetSocketAddress address,
            ChannelHandler handler,
            boolean autoRead,
            String protocol,
            @Nullable InetAddress source,
            Promise<Channel> opened) {
        int timeout = timeoutMillis(endpoint.scope());
        TlsClient tls = endpoint.scope().tls();
        if (tls == null) {
            connect(bootstrap(endpoint.scope().pool(), timeout, autoRead).handler(handler), address, source)
                    .addListener((ChannelFuture connected) -> settle(opened, connected));
            return;
        }
        try {
            SSLEngine engine = tls.engine(
                    endpoint.serverName(), address.getAddress().getHostAddress(), address.getPort(), protocol);
            SslHandler ssl = new SslHandler(engine, options.handshakes());
            ssl.setHandshakeTimeoutMillis(timeout);
            TlsHandshake handshake = new TlsHandshake(opened, handler, protocol);
            Bootstrap bootstrap = bootstrap(endpoint.scope().pool(), timeout, autoRead)
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(ssl, handshake);
                        }
                    });
            connect(bootstrap, address, source).addListener(connected -> {
                if (!connected.isSuccess()) {
                    opened.tryFailure(connected.cause());
                }
            });
        } catch (SSLException e) {
            opened.setFailure(e);
        }
    }

    private static ChannelFuture connect(Bootstrap bootstrap, InetSocketAddress address, @Nullable InetAddress source) {
        if (source == null || source.getClass() != address.getAddress().getClass()) {
            return bootstrap.connect(address);
        }
        // The port is chosen when the destination is known, so that one caller's address is good for as many
        // connections
        // as there are ports, to each endpoint.
        return bootstrap
                .option(EpollChannelOption.IP_TRANSPARENT, true)
                .option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true)
                .connect(address, new InetSocketAddress(source, 0));
    }

    private Bootstrap bootstrap(ConnectionPool pool, int timeoutMillis, boolean autoRead) {
        return bootstrap(EpollSocketChannel::new, pool, timeoutMillis, autoRead);
    }

    private Bootstrap bootstrap(
            ChannelFactory<EpollSocketChannel> sockets, ConnectionPool pool, int timeoutMillis, boolean autoRead) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channelFactory(sockets)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(EpollChannelOption.TCP_KEEPIDLE, KEEPALIVE_SECONDS)
                .option(EpollChannelOption.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS)
                .option(EpollChannelOption.TCP_KEEPCNT, KEEPALIVE_PROBES)
                .option(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.AUTO_READ, autoRead)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Upstreams.WATER_MARK);
        if (options.socketMark() != 0) {
            bootstrap.option(SocketMark.OPTION, options.socketMark());
        }
        ConnectionPool.Keepalive keepalive = pool.keepalive();
        if (keepalive != null) {
            keepAlive(bootstrap, keepalive);
        }
        return bootstrap;
    }

    private static void keepAlive(Bootstrap bootstrap, ConnectionPool.Keepalive keepalive) {
        if (keepalive.timeSeconds() > 0) {
            bootstrap.option(EpollChannelOption.TCP_KEEPIDLE, keepalive.timeSeconds());
        }
        if (keepalive.intervalSeconds() > 0) {
            bootstrap.option(EpollChannelOption.TCP_KEEPINTVL, keepalive.intervalSeconds());
        }
        if (keepalive.probes() > 0) {
            bootstrap.option(EpollChannelOption.TCP_KEEPCNT, keepalive.probes());
        }
    }
}
