package io.signalbox.agent.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.stats.LoopStats;
import io.signalbox.agent.stats.NanoClock;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** All backends and endpoints that one event loop knows. Confined to the loop: every method asserts it. */
public final class Upstreams {
    /** Output that a connection may hold before it counts as not writable: enough to keep a fast link busy. */
    public static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private final EventLoop loop;
    private final Connector connector;
    private final LoopStats stats;
    private final RandomGenerator random;
    private final Backends shared;
    private final NanoClock clock;
    private final Map<String, UpstreamBackend> backends = new HashMap<>();
    private final Map<Key, UpstreamEndpoint> endpoints = new HashMap<>();

    private record Key(Endpoint endpoint, EndpointScope scope, UpstreamEndpoint.Variant variant) {}

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
        this.connector = new Connector(loop, options, shared.names());
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
        return endpoint(endpoint, EndpointScope.PLAIN, UpstreamEndpoint.Variant.ADDRESS);
    }

    UpstreamEndpoint endpoint(Endpoint endpoint, EndpointScope scope, UpstreamEndpoint.Variant variant) {
        assert loop.inEventLoop();
        return endpoints.computeIfAbsent(
                new Key(endpoint, scope, variant),
                key -> new UpstreamEndpoint(this, endpoint, scope, variant, stats.acquire(endpoint)));
    }

    void forgetIfUnused(UpstreamEndpoint endpoint) {
        if (endpoint.isUnused()
                && endpoints.remove(new Key(endpoint.endpoint(), endpoint.scope(), endpoint.variant()), endpoint)) {
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
     * Opens a connection on this loop, with TLS where the backend wants it. The caller counts it on the endpoint
     * (started, then opened or failed). The handler's channel is active when it is added, or becomes so.
     *
     * @param handler of the new channel
     * @param autoRead whether it reads without being asked to
     * @param protocol what is spoken, for TLS to negotiate ({@code h2}, {@code http/1.1}); empty: opaque bytes
     */
    public Future<Channel> connect(
            UpstreamEndpoint endpoint, ChannelHandler handler, boolean autoRead, String protocol) {
        assert loop.inEventLoop();
        return connector.connect(endpoint, handler, autoRead, protocol, null);
    }

    /**
     * As {@link #connect}, for opaque bytes of one caller, whose address the endpoint sees where that is configured.
     *
     * @param caller the caller's address
     */
    public Future<Channel> connectFor(InetAddress caller, UpstreamEndpoint endpoint, ChannelHandler handler) {
        assert loop.inEventLoop();
        return connector.connect(endpoint, handler, false, "", connector.keepsSource() ? caller : null);
    }

    /**
     * As {@link #connect}, for opaque bytes, over a socket that comes from elsewhere.
     *
     * @param sockets makes the socket, on any thread
     * @param endpoint without a host name and without TLS
     */
    public Future<Channel> connectWith(
            Function<SocketProtocolFamily, CompletionStage<EpollSocketChannel>> sockets,
            UpstreamEndpoint endpoint,
            ChannelHandler handler) {
        assert loop.inEventLoop();
        return connector.connect(sockets, endpoint, handler);
    }

    /** Says to the peer that nothing follows, behind what has been written; inside TLS too where it is spoken. */
    public static ChannelFuture shutdownOutput(DuplexChannel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return channel.shutdownOutput();
        }
        ChannelPromise done = channel.newPromise();
        tls.closeOutbound().addListener(closed -> channel.shutdownOutput(done));
        return done;
    }

    /** How long opening a connection may take. */
    public int connectTimeoutMillis(EndpointScope scope) {
        return connector.timeoutMillis(scope);
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
