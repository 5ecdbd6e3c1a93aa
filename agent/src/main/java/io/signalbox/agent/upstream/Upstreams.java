package io.signalbox.agent.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.signalbox.agent.balance.Balancer;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.stats.LoopStats;
import java.util.ArrayList;
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
    private final Map<String, UpstreamBackend> backends = new HashMap<>();
    private final Map<Endpoint, UpstreamEndpoint> endpoints = new HashMap<>();

    /** @param random not shared with other threads */
    public Upstreams(EventLoop loop, ConnectOptions options, LoopStats stats, RandomGenerator random) {
        this.loop = loop;
        this.options = options;
        this.stats = stats;
        this.random = random;
    }

    /**
     * The loop's view of a backend. It follows the newest generation that it has seen, so a request that still runs on
     * an older snapshot picks among the endpoints of today.
     */
    public UpstreamBackend backend(PreparedBackend prepared) {
        assert loop.inEventLoop();
        UpstreamBackend known = backends.get(prepared.key());
        if (known == null) {
            known = new UpstreamBackend(prepared, balancer(prepared), stats.backend(prepared.key()));
            backends.put(prepared.key(), known);
        } else if (known.prepared().generation() < prepared.generation()) {
            replace(known, prepared);
        }
        return known;
    }

    /**
     * A newer form of a backend is in force: endpoints that left begin to drain. Does nothing where it is not in use.
     */
    public void update(PreparedBackend newer) {
        assert loop.inEventLoop();
        UpstreamBackend known = backends.get(newer.key());
        if (known != null && known.prepared().generation() < newer.generation()) {
            replace(known, newer);
        }
    }

    /** A backend is no longer in the snapshot: its endpoints begin to drain. */
    public void remove(String backendKey) {
        assert loop.inEventLoop();
        UpstreamBackend known = backends.remove(backendKey);
        if (known != null) {
            known.balancer().endpoints().forEach(UpstreamEndpoint::removeReference);
        }
    }

    private void replace(UpstreamBackend known, PreparedBackend newer) {
        List<UpstreamEndpoint> before = known.balancer().endpoints();
        known.replace(newer, balancer(newer));
        before.forEach(UpstreamEndpoint::removeReference);
    }

    private Balancer<UpstreamEndpoint> balancer(PreparedBackend prepared) {
        List<UpstreamEndpoint> picked =
                new ArrayList<>(prepared.backend().endpoints().size());
        for (BackendEndpoint listed : prepared.backend().endpoints()) {
            if (listed.resolved() != null) {
                UpstreamEndpoint known = endpoint(listed.resolved());
                known.addReference();
                picked.add(known);
            }
        }
        return new Balancer<>(prepared.backend().loadBalancer(), picked, random);
    }

    /** The loop's view of an endpoint, which need not be of any backend (passthrough). */
    public UpstreamEndpoint endpoint(Endpoint endpoint) {
        assert loop.inEventLoop();
        return endpoints.computeIfAbsent(endpoint, e -> new UpstreamEndpoint(this, e, stats.endpoint(e)));
    }

    void forgetIfUnused(UpstreamEndpoint endpoint) {
        if (endpoint.isUnused() && endpoints.remove(endpoint.endpoint(), endpoint)) {
            stats.remove(endpoint.endpoint());
        }
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
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, options.connectTimeoutMillis())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.AUTO_READ, autoRead)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .handler(handler);
        if (options.socketMark() != 0) {
            bootstrap.option(MARK, options.socketMark());
        }
        return bootstrap.connect(endpoint.socketAddress());
    }

    /** How long opening a connection may take. */
    public int connectTimeoutMillis() {
        return options.connectTimeoutMillis();
    }

    /** Closes pooled connections that no request has used for so many ticks. */
    public void closeIdle(int tick, int idleTicks) {
        assert loop.inEventLoop();
        List.copyOf(endpoints.values()).forEach(endpoint -> endpoint.closeIdle(tick, idleTicks));
    }
}
