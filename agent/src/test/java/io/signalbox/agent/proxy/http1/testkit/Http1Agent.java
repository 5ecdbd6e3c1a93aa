package io.signalbox.agent.proxy.http1.testkit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.signalbox.agent.balance.Place;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Origin;
import io.signalbox.agent.proxy.ProxyLimits;
import io.signalbox.agent.proxy.RequestTracing;
import io.signalbox.agent.proxy.Translation;
import io.signalbox.agent.proxy.http1.Http1Call;
import io.signalbox.agent.proxy.http1.Http1Downstream;
import io.signalbox.agent.proxy.http2.Http2Call;
import io.signalbox.agent.resolve.Names;
import io.signalbox.agent.resolve.ResolveStats;
import io.signalbox.agent.routing.PortTableBuilder;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.routing.RoutingTable;
import io.signalbox.agent.stats.BackendStats;
import io.signalbox.agent.stats.EndpointStats;
import io.signalbox.agent.stats.LoopStats;
import io.signalbox.agent.stats.NanoClock;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.Tables;
import io.signalbox.agent.upstream.Backends;
import io.signalbox.agent.upstream.ConnectOptions;
import io.signalbox.agent.upstream.Upstreams;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One event loop with a listener whose connections all speak HTTP/1. Host {@code web} goes to the endpoints given,
 * round robin; Host {@code none} has no route for most paths; any other is unmatched.
 */
public final class Http1Agent implements AutoCloseable {
    /** Of a head; more than that is refused. */
    public static final int MAX_HEADER_BYTES = 8 * 1024;

    private static final int PORT = 80;

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final LoopStats stats = new LoopStats();
    private final Backends shared = new Backends(
            new Place("n1", ""),
            group.next(),
            System::nanoTime,
            new Names(
                    name -> CompletableFuture.failedStage(new UnknownHostException(name)),
                    group.next(),
                    System::nanoTime,
                    new ResolveStats()),
            plan -> {});
    private final LoopContext loop;
    private final Channel listener;
    private volatile RoutingTable table = RoutingTable.EMPTY;
    private volatile InetSocketAddress destination = new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT);
    private volatile boolean loopsBack;
    private Map<String, PreparedBackend> backends = Map.of();
    private long generation;

    public Http1Agent(RequestTracing tracing, Endpoint... endpoints) {
        EventLoop eventLoop = group.next();
        ConnectOptions options = new ConnectOptions(2000, 0, false, Runnable::run);
        Upstreams upstreams = new Upstreams(eventLoop, options, shared, stats, NanoClock.SYSTEM, new Random(1));
        ProxyLimits limits = new ProxyLimits(100, MAX_HEADER_BYTES, 0, 64 << 20);
        loop = new LoopContext(
                eventLoop,
                () -> table,
                upstreams,
                stats,
                limits,
                tracing,
                new Translation(Http1Call::new, Http2Call::new),
                NanoClock.SYSTEM,
                new Random(2));
        endpoints(endpoints);
        listener = new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Upstreams.WATER_MARK)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
                        channel.pipeline()
                                .addLast(new Http1Downstream(
                                        loop,
                                        new Origin(
                                                peer,
                                                destination,
                                                null,
                                                loop.routingTable(),
                                                loop.nanos(),
                                                loopsBack)));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    public Http1Agent(Endpoint... endpoints) {
        this(RequestTracing.OFF, endpoints);
    }

    /** Puts other endpoints in force, as a new snapshot would. */
    public void endpoints(Endpoint... endpoints) {
        Backend backend = Snapshots.backend("web:80", "web", PORT, LoadBalancer.ROUND_ROBIN, List.of(endpoints));
        Route route = Snapshots.route("web:80");
        Route never = new Tables().route("web:80", Tables.path(new PathMatch.Exact("/never", false)));
        PortSnapshot snapshot = new PortSnapshot(
                PORT,
                new Version("v" + ++generation),
                List.of(),
                List.of(),
                Map.of("web", virtualHost("web", List.of(route)), "none", virtualHost("none", List.of(never))),
                Map.of("web:80", backend));
        backends = PortTableBuilder.prepareBackends(snapshot, backends, generation);
        table = new RoutingTable(Map.of(PORT, PortTableBuilder.build(snapshot, backends, null)), NodeWorkloads.EMPTY);
        Map<String, PreparedBackend> newer = backends;
        onLoop(() -> {
            newer.values().forEach(one -> loop.upstreams().update(shared.plan(one)));
            return true;
        });
    }

    private static VirtualHost virtualHost(String name, List<Route> routes) {
        return new VirtualHost(name, name, List.of(HostPattern.of(name)), routes, List.of(), null);
    }

    /** Where connections accepted from now on were going to. */
    public void destination(Endpoint original, boolean leadsBack) {
        destination = original.toSocketAddress();
        loopsBack = leadsBack;
    }

    /** Opens a connection to the agent. */
    public RawConnection connect() {
        return RawConnection.to((InetSocketAddress) listener.localAddress());
    }

    /** Opens a connection to the agent with a receive buffer of that size. */
    public RawConnection connect(int receiveBufferBytes) {
        return RawConnection.to((InetSocketAddress) listener.localAddress(), receiveBufferBytes);
    }

    /** What the loop counted. */
    public LoopStats stats() {
        return stats;
    }

    /** What the loop counted for the backend of Host {@code web}. */
    public BackendStats web() {
        return stats.backend("80/web:80");
    }

    /** What the loop counted for an endpoint. */
    public EndpointStats stats(Endpoint endpoint) {
        return Objects.requireNonNull(stats.endpoints().get(endpoint), endpoint::toString);
    }

    /** The loop's state; only for use inside {@link #onLoop}. */
    public LoopContext loop() {
        return loop;
    }

    /** Runs something on the event loop and waits for it. */
    public <T> T onLoop(Callable<T> task) {
        return loop.eventLoop().submit(task).syncUninterruptibly().getNow();
    }

    /** Waits, for 20 s at most, until something holds on the event loop. */
    public void await(String what, Callable<Boolean> condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!onLoop(condition)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 20 s: " + what);
            }
        }
    }

    /** Closes the listener and the loop. */
    @Override
    public void close() {
        onLoop(() -> {
            loop.connections().forEach(connection -> connection.closeNow());
            return true;
        });
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
