package io.signalbox.agent.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.signalbox.agent.model.ConnectionPool;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.stats.LoopStats;
import io.signalbox.agent.stats.NanoClock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** All backends and endpoints that one event loop knows. Confined to the loop: every method asserts it. */
public final class Upstreams {
    /** Output that a connection may hold before it counts as not writable: enough to keep a fast link busy. */
    public static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private static final int SOL_SOCKET = 1;
    private static final int SO_MARK = 36;
    private static final ChannelOption<Integer> MARK = new IntegerUnixChannelOption("SO_MARK", SOL_SOCKET, SO_MARK);

    private final EventLoop loop;
    private final ConnectOptions options;
    private final LoopStats stats;
    private final RandomGenerator random;
    private final Backends shared;
    private final NanoClock clock;
    private final Map<String, UpstreamBackend> backends = new HashMap<>();
    private final Map<Key, UpstreamEndpoint> endpoints = new HashMap<>();

    private record Key(Endpoint endpoint, EndpointScope scope) {}

    /**
     * @param shared with the other loops
     * @param random not shared with other threads
     */
    public Upstreams(
            EventLoop loop,
            ConnectOptions options,
            Backends shared,
            LoopStats stats,
            NanoClock clock,
            RandomGenerator random) {
        this.loop = loop;
        this.options = options;
        this.shared = shared;
        this.stats = stats;
        this.clock = clock;
        this.random = random;
        shared.register(stats);
    }

    /**
     * The loop's view of a backend. It follows the newest form that it has seen, so a request that still runs on an
     * older snapshot picks among the endpoints of today.
     */
    public UpstreamBackend backend(PreparedBackend prepared) {
        assert loop.inEventLoop();
        UpstreamBackend known = backends.get(prepared.key());
        if (known == null) {
            known = new UpstreamBackend(this, shared.plan(prepared), stats.backend(prepared.key()));
            backends.put(prepared.key(), known);
        } else if (known.prepared().generation() < prepared.generation()) {
            update(shared.plan(prepared));
        }
        return known;
    }

    /**
     * A newer form of a backend is in force: endpoints that left begin to drain. Does nothing where it is not in use.
     */
    public void update(BackendPlan newer) {
        assert loop.inEventLoop();
        UpstreamBackend known = backends.get(newer.prepared().key());
        if (known != null && known.plan().revision() < newer.revision()) {
            known.replace(newer);
        }
    }

    /** A backend is no longer in the snapshot: its endpoints begin to drain. */
    public void remove(PreparedBackend gone) {
        assert loop.inEventLoop();
        UpstreamBackend known = backends.get(gone.key());
        if (known != null && known.prepared().generation() <= gone.generation()) {
            backends.remove(gone.key());
            known.release();
        }
        shared.remove(gone);
    }

    /** The loop's view of an address that is of no backend (passthrough). */
    public UpstreamEndpoint endpoint(Endpoint endpoint) {
        return endpoint(endpoint, EndpointScope.PLAIN);
    }

    UpstreamEndpoint endpoint(Endpoint endpoint, EndpointScope scope) {
        assert loop.inEventLoop();
        return endpoints.computeIfAbsent(
                new Key(endpoint, scope), key -> new UpstreamEndpoint(this, endpoint, scope, stats.acquire(endpoint)));
    }

    void forgetIfUnused(UpstreamEndpoint endpoint) {
        if (endpoint.isUnused() && endpoints.remove(new Key(endpoint.endpoint(), endpoint.scope()), endpoint)) {
            stats.release(endpoint.endpoint());
        }
    }

    long activeRequests(List<Endpoint> addresses) {
        return shared.activeRequests(addresses);
    }

    RandomGenerator random() {
        return random;
    }

    long nanos() {
        return clock.nanos();
    }

    /**
     * Opens a connection on this loop. The caller counts it on the endpoint (started, then opened or failed).
     *
     * @param handler of the new channel
     * @param autoRead whether it reads without being asked to
     */
    public ChannelFuture connect(UpstreamEndpoint endpoint, ChannelHandler handler, boolean autoRead) {
        assert loop.inEventLoop();
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectTimeoutMillis(endpoint.scope()))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.AUTO_READ, autoRead)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .handler(handler);
        if (options.socketMark() != 0) {
            bootstrap.option(MARK, options.socketMark());
        }
        ConnectionPool.Keepalive keepalive = endpoint.scope().pool().keepalive();
        if (keepalive != null) {
            keepAlive(bootstrap, keepalive);
        }
        return bootstrap.connect(endpoint.socketAddress());
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

    /** How long opening a connection may take. */
    public int connectTimeoutMillis(EndpointScope scope) {
        int own = scope.pool().connectTimeoutMillis();
        return own > 0 ? own : options.connectTimeoutMillis();
    }

    /**
     * Closes pooled connections that no request has used for long.
     *
     * @param tick the loop's tick now
     * @param idleTicks ticks after which a connection counts as idle, where its backend says nothing else
     * @param tickMillis length of a tick
     */
    public void closeIdle(int tick, int idleTicks, long tickMillis) {
        assert loop.inEventLoop();
        for (UpstreamEndpoint endpoint : List.copyOf(endpoints.values())) {
            int own = endpoint.scope().pool().httpIdleTimeoutMillis();
            endpoint.closeIdle(tick, own == 0 ? idleTicks : (int) Math.ceilDiv(own, tickMillis));
        }
    }
}
