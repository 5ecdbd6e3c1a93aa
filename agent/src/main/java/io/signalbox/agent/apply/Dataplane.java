package io.signalbox.agent.apply;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.signalbox.agent.balance.Place;
import io.signalbox.agent.capture.Acceptor;
import io.signalbox.agent.capture.ConnectionLimit;
import io.signalbox.agent.capture.Listeners;
import io.signalbox.agent.capture.OriginalDestination;
import io.signalbox.agent.capture.pods.PodAcceptor;
import io.signalbox.agent.capture.pods.PodCapture;
import io.signalbox.agent.capture.pods.PodsConfig;
import io.signalbox.agent.config.SnapshotSink;
import io.signalbox.agent.config.SnapshotUpdate;
import io.signalbox.agent.handover.InheritedSockets;
import io.signalbox.agent.handover.ListeningSocket;
import io.signalbox.agent.model.AddressFrontend;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Snapshot;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.proxy.CallingPod;
import io.signalbox.agent.proxy.ConnectionReport;
import io.signalbox.agent.proxy.DownstreamConnection;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.ProxyLimits;
import io.signalbox.agent.proxy.RequestTracing;
import io.signalbox.agent.proxy.Translation;
import io.signalbox.agent.proxy.http1.Http1Call;
import io.signalbox.agent.proxy.http2.Http2Call;
import io.signalbox.agent.resolve.DnsLookup;
import io.signalbox.agent.resolve.Names;
import io.signalbox.agent.resolve.ResolveStats;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.routing.RoutingTable;
import io.signalbox.agent.stats.LoopStats;
import io.signalbox.agent.stats.NanoClock;
import io.signalbox.agent.upstream.BackendPlan;
import io.signalbox.agent.upstream.BackendReport;
import io.signalbox.agent.upstream.Backends;
import io.signalbox.agent.upstream.ConnectOptions;
import io.signalbox.agent.upstream.Upstreams;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops with all that runs on them, seen from the control side. Methods may be called from any thread but an
 * event loop.
 */
public final class Dataplane implements SnapshotSink, AutoCloseable {
    /** Bytes of bodies that all loops together may hold for slow receivers before senders are held back. */
    private static final long QUEUED_BYTES_BUDGET = 32L * 1024 * 1024;

    private static final long TICK_MILLIS = 1000;
    private static final long BIND_RETRY_SECONDS = 2;
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(1);
    private static final Translation TRANSLATION = new Translation(Http1Call::new, Http2Call::new);
    private static final Logger LOG = LoggerFactory.getLogger(Dataplane.class);

    private final DataplaneConfig config;
    private final MultiThreadIoEventLoopGroup group;
    private final MultiThreadIoEventLoopGroup upkeep;
    private final ThreadPoolExecutor handshakes;
    private final ResolveStats resolveStats = new ResolveStats();
    private final DnsLookup dns;
    private final Backends backends;
    private final List<LoopContext> loops = new ArrayList<>();
    private final ConnectionLimit limit;
    private final Listeners listeners;
    private final @Nullable PodCapture pods;
    private final TableMaker tableMaker = new TableMaker();
    private volatile RoutingTable table = RoutingTable.EMPTY;
    private volatile int capturePort;
    private Set<InetSocketAddress> wantedAddresses = Set.of();
    private boolean draining;

    /** Prepares the event loops; binds nothing and starts no thread. */
    public Dataplane(DataplaneConfig config, RequestTracing tracing) {
        this.config = config;
        this.group = new MultiThreadIoEventLoopGroup(
                config.eventLoops(), new DefaultThreadFactory("loop", true), EpollTransport.newFactory());
        this.upkeep = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("signalbox-upkeep", true), EpollTransport.newFactory());
        EventLoop upkeepLoop = upkeep.next();
        this.dns = new DnsLookup(upkeepLoop, config.dnsServers(), config.socketMark());
        this.backends = new Backends(
                place(""),
                upkeepLoop,
                NanoClock.SYSTEM::nanos,
                new Names(dns, upkeepLoop, NanoClock.SYSTEM::nanos, resolveStats),
                plan -> putInForce(List.of(plan), List.of()));
        ProxyLimits limits = new ProxyLimits(
                config.maxConcurrentStreams(),
                config.maxHeaderBytes(),
                config.detectionTimeout().toMillis(),
                QUEUED_BYTES_BUDGET / config.eventLoops());
        this.handshakes = handshakes(config.eventLoops());
        ConnectOptions connect = new ConnectOptions(
                (int) config.connectTimeout().toMillis(), config.socketMark(), config.keepsSource(), handshakes);
        SplittableRandom seeds = new SplittableRandom();
        for (int i = 0; i < config.eventLoops(); i++) {
            EventLoop loop = group.next();
            LoopStats stats = new LoopStats();
            SplittableRandom random = seeds.split();
            loops.add(new LoopContext(
                    loop,
                    () -> table,
                    new Upstreams(loop, connect, backends, stats, NanoClock.SYSTEM, random),
                    stats,
                    limits,
                    tracing,
                    TRANSLATION,
                    NanoClock.SYSTEM,
                    random));
        }
        this.limit = new ConnectionLimit(config.maxConnections());
        this.listeners = new Listeners(
                loops.stream().map(LoopContext::eventLoop).toList(),
                this::acceptor,
                config.captureMode() == CaptureMode.TPROXY);
        PodsConfig podsConfig = config.pods();
        this.pods = podsConfig == null
                ? null
                : new PodCapture(podsConfig, group, this::podAcceptor, () -> {
                    RoutingTable now = table;
                    return now.equals(RoutingTable.EMPTY) ? null : now.workloads();
                });
    }

    /** As many threads as there are loops, started where TLS is spoken and ended when it no longer is. */
    private static ThreadPoolExecutor handshakes(int threads) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                threads,
                threads,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("signalbox-tls", true));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private Acceptor acceptor(EventLoop loop) {
        LoopContext context = loops.stream()
                .filter(candidate -> candidate.eventLoop().equals(loop))
                .findFirst()
                .orElseThrow();
        OriginalDestination originalDestination = switch (config.captureMode()) {
            case EXPLICIT -> OriginalDestination.LOCAL_ADDRESS;
            case REDIRECT, PODS -> OriginalDestination.REDIRECTED;
            case TPROXY -> OriginalDestination.localAddressBut(this::capturePort);
        };
        return new Acceptor(context, limit, originalDestination, this::isOwnListener);
    }

    /** Takes over a predecessor's sockets, and accepts nothing before {@link #accept}; before {@link #start}. */
    public synchronized void inherit(InheritedSockets sockets) {
        listeners.inherit(sockets);
    }

    /** Accepts connections from now on, also those that waited in queues meanwhile. */
    public synchronized void accept() {
        listeners.accept();
    }

    /** All listening sockets, for a successor. */
    public List<ListeningSocket> listeningSockets() {
        return listeners.sockets();
    }

    /** Accepts no more connections; the sockets stay open in a successor that has them. */
    public synchronized void stopAccepting() {
        draining = true;
        listeners.close();
    }

    private ChannelHandler podAcceptor(CallingPod pod) {
        Map<EventLoop, Acceptor> acceptors = new HashMap<>();
        loops.forEach(loop -> acceptors.put(loop.eventLoop(), acceptor(loop.eventLoop())));
        return new PodAcceptor(acceptors, pod);
    }

    /** What captures in pods' network namespaces; null where that is not the mode. */
    public @Nullable PodCapture pods() {
        return pods;
    }

    /** Port to which rules of the kernel lead connections; known after {@link #start}, 0 in explicit capture. */
    public int capturePort() {
        return capturePort;
    }

    /** An event loop without traffic, for what must go on while the others are busy. */
    public EventLoop upkeepLoop() {
        return upkeep.next();
    }

    private boolean isOwnListener(InetSocketAddress address) {
        return listeners.isBound(address);
    }

    /**
     * Starts the event loops and, where rules of the kernel lead connections to one port, binds it.
     *
     * @throws IOException when that port cannot be bound, or pods cannot be captured; the message says why
     */
    public void start() throws IOException {
        if (config.captureMode().needsNodeRules()) {
            InetSocketAddress ipv4 = bindCapturePort("0.0.0.0", config.redirectPort());
            bindCapturePort("::", ipv4.getPort());
            capturePort = ipv4.getPort();
        }
        backends.start();
        for (LoopContext loop : loops) {
            long idleMillis = config.idleTimeout().toMillis();
            if (idleMillis > 0) {
                long tickMillis = Math.min(TICK_MILLIS, Math.max(1, idleMillis / 4));
                int idleTicks = (int) Math.min(Integer.MAX_VALUE, idleMillis / tickMillis);
                loop.eventLoop()
                        .scheduleAtFixedRate(
                                () -> loop.tick(idleTicks, tickMillis), tickMillis, tickMillis, TimeUnit.MILLISECONDS);
            }
        }
        if (pods != null) {
            pods.start();
        }
        if (config.captureMode() == CaptureMode.EXPLICIT) {
            group.scheduleWithFixedDelay(
                    () -> Thread.ofVirtual().start(this::retryBinds),
                    BIND_RETRY_SECONDS,
                    BIND_RETRY_SECONDS,
                    TimeUnit.SECONDS);
        }
    }

    private InetSocketAddress bindCapturePort(String host, int port) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(host), port);
        InetSocketAddress bound = listeners.bind(address);
        if (bound == null) {
            throw new IOException("cannot bind " + new Endpoint(address.getAddress(), port) + ": "
                    + listeners.problems().get(address));
        }
        return bound;
    }

    @Override
    public synchronized void apply(SnapshotUpdate update) {
        TableMaker.Made made = tableMaker.make(update);
        List<BackendPlan> plans = new ArrayList<>(
                backends.move(place(update.snapshot().workloads().locality())));
        made.changed().forEach(backend -> plans.add(backends.plan(backend)));
        table = made.table();
        putInForce(plans, made.removed());
        if (config.captureMode() == CaptureMode.EXPLICIT && !draining) {
            wantedAddresses = serviceAddresses(update.snapshot());
            listeners.listenOn(wantedAddresses);
            if (!listeners.problems().isEmpty()) {
                LOG.warn("some service addresses cannot be bound, retrying: {}", bindProblems());
            }
        }
    }

    private void putInForce(List<BackendPlan> plans, List<PreparedBackend> removed) {
        if (!plans.isEmpty() || !removed.isEmpty()) {
            for (LoopContext loop : loops) {
                loop.eventLoop().execute(() -> {
                    plans.forEach(loop.upstreams()::update);
                    removed.forEach(loop.upstreams()::remove);
                });
            }
        }
    }

    private Place place(String locality) {
        return new Place(
                config.node(), locality.isEmpty() && !config.zone().isEmpty() ? "/" + config.zone() : locality);
    }

    private synchronized void retryBinds() {
        if (!draining && !listeners.problems().isEmpty()) {
            listeners.listenOn(wantedAddresses);
        }
    }

    private static Set<InetSocketAddress> serviceAddresses(Snapshot snapshot) {
        Set<InetSocketAddress> addresses = new HashSet<>();
        for (Map.Entry<Integer, PortSnapshot> entry : snapshot.ports().entrySet()) {
            int port = entry.getKey();
            for (VirtualHost host : entry.getValue().virtualHosts().values()) {
                host.addresses().forEach(address -> addresses.add(new InetSocketAddress(address, port)));
            }
            for (AddressFrontend frontend : entry.getValue().addressFrontends()) {
                if (frontend.cidr().isExact()) {
                    addresses.add(new InetSocketAddress(frontend.cidr().address(), port));
                }
            }
        }
        return addresses;
    }

    /** The table in force. */
    public RoutingTable routingTable() {
        return table;
    }

    /** One set of counters per event loop. */
    public List<LoopStats> stats() {
        return loops.stream().map(LoopContext::stats).toList();
    }

    /** All backends that were put in force, with the health of their endpoints and what their limits count. */
    public List<BackendReport> backends() {
        return backends.reports();
    }

    /** Those of {@link #backends} with limits, outlier detection or TLS. */
    public List<BackendReport> backendsWithPolicies() {
        return backends.reportsWithPolicies();
    }

    /** What name resolution counts. */
    public ResolveStats resolveStats() {
        return resolveStats;
    }

    /** Addresses that could not be bound in explicit mode, each with the reason; retried every few seconds. */
    public List<String> bindProblems() {
        return listeners.problems().entrySet().stream()
                .map(problem -> new Endpoint(
                                problem.getKey().getAddress(), problem.getKey().getPort())
                        + ": " + problem.getValue())
                .sorted()
                .toList();
    }

    /** All downstream connections; waits for the event loops, for one second each at most. */
    public List<ConnectionReport> connections() {
        List<ConnectionReport> reports = new ArrayList<>();
        for (LoopContext loop : loops) {
            try {
                reports.addAll(loop.eventLoop()
                        .submit(() -> loop.connections().stream()
                                .map(DownstreamConnection::report)
                                .toList())
                        .get(1, TimeUnit.SECONDS));
            } catch (ExecutionException | TimeoutException e) {
                LOG.warn("an event loop did not report its connections: reason={}", e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return reports;
            }
        }
        return reports;
    }

    /**
     * Stops accepting, tells callers to go elsewhere (GOAWAY, {@code connection: close}), waits until the open
     * connections have ended or the deadline has passed, and closes the rest.
     */
    public void drain(Duration deadline) {
        if (pods != null) {
            pods.stop();
        }
        stopAccepting();
        loops.forEach(loop -> loop.eventLoop().execute(loop::drain));
        if (!limit.awaitNone(deadline)) {
            LOG.warn("drain deadline passed, closing what is left: connections={}", limit.open());
            closeConnections();
        }
    }

    private void closeConnections() {
        loops.forEach(
                loop -> loop.eventLoop().execute(() -> loop.connections().forEach(DownstreamConnection::closeNow)));
        limit.awaitNone(CLOSE_DEADLINE);
    }

    /** Closes everything at once. */
    @Override
    public void close() {
        stopAccepting();
        closeConnections();
        if (pods != null) {
            pods.close();
        }
        dns.close();
        upkeep.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        handshakes.shutdown();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
