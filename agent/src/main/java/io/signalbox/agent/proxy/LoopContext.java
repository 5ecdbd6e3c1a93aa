package io.signalbox.agent.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.AsciiString;
import io.signalbox.agent.routing.RoutingTable;
import io.signalbox.agent.routing.WeightedTurns;
import io.signalbox.agent.stats.LoopStats;
import io.signalbox.agent.stats.NanoClock;
import io.signalbox.agent.upstream.Upstreams;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What the connections of one event loop share. Confined to the loop, but for {@link #stats()} and
 * {@link #eventLoop()}.
 *
 * <p>Connections do not flush by themselves: they ask here, and all that asked are flushed once when the loop has read
 * what its sockets had for it. So the answers to many requests leave in one write.
 */
public final class LoopContext {
    /** How long a connection without a request is kept when draining begins, since one may be on its way. */
    public static final long DRAIN_GRACE_MILLIS = 1000;

    private final EventLoop eventLoop;
    private final Supplier<RoutingTable> routingTable;
    private final Upstreams upstreams;
    private final LoopStats stats;
    private final ProxyLimits limits;
    private final RequestTracing tracing;
    private final Translation translation;
    private final NanoClock clock;
    private final RandomGenerator random;
    private final WeightedTurns turns = new WeightedTurns();
    private final HttpDate date = new HttpDate(InstantSource.system());
    private final Set<DownstreamConnection> connections = new LinkedHashSet<>();
    private final Runnable flushTask = this::flushAll;
    private List<Flushable> toFlush = new ArrayList<>();
    private List<Flushable> flushing = new ArrayList<>();
    private long queuedBytes;
    private int mirrors;
    private boolean draining;
    private int tick;
    private long tickMillis = 1000;

    /**
     * @param routingTable reads the table in force; cheap, called once per request
     * @param random not shared with other threads
     */
    public LoopContext(
            EventLoop eventLoop,
            Supplier<RoutingTable> routingTable,
            Upstreams upstreams,
            LoopStats stats,
            ProxyLimits limits,
            RequestTracing tracing,
            Translation translation,
            NanoClock clock,
            RandomGenerator random) {
        this.eventLoop = eventLoop;
        this.routingTable = routingTable;
        this.upstreams = upstreams;
        this.stats = stats;
        this.limits = limits;
        this.tracing = tracing;
        this.translation = translation;
        this.clock = clock;
        this.random = random;
    }

    /** The loop itself. */
    public EventLoop eventLoop() {
        return eventLoop;
    }

    /** The table in force now. Read it once per request and carry it along. */
    public RoutingTable routingTable() {
        return routingTable.get();
    }

    /** Backends and endpoints as this loop knows them. */
    public Upstreams upstreams() {
        return upstreams;
    }

    /** What this loop counts. */
    public LoopStats stats() {
        return stats;
    }

    /** Limits of connections and requests. */
    public ProxyLimits limits() {
        return limits;
    }

    /** Decides which requests are traced. */
    public RequestTracing tracing() {
        return tracing;
    }

    /** How requests go out in another protocol than the caller's. */
    public Translation translation() {
        return translation;
    }

    /** Nanoseconds of the clock for durations. */
    public long nanos() {
        return clock.nanos();
    }

    /** The value of {@code date} for a response that has none. */
    public AsciiString httpDate() {
        return date.now();
    }

    /** Chance for this loop alone. */
    public RandomGenerator random() {
        return random;
    }

    /** Whose turn it is among the destinations of routes. */
    public WeightedTurns turns() {
        return turns;
    }

    /** Flushes a connection when the loop has handled what it is at. The connection must not ask twice. */
    public void flushLater(Flushable connection) {
        if (toFlush.isEmpty()) {
            eventLoop.execute(flushTask);
        }
        toFlush.add(connection);
    }

    private void flushAll() {
        List<Flushable> now = toFlush;
        toFlush = flushing;
        flushing = now;
        for (int i = 0; i < now.size(); i++) {
            now.get(i).flushNow();
        }
        now.clear();
    }

    /** A copy of a request is to be made. Returns whether it may; then {@link #mirrorEnded} follows. */
    public boolean tryMirror() {
        if (mirrors == MirrorLimits.MAX_RUNNING) {
            return false;
        }
        mirrors++;
        return true;
    }

    /** A copy of a request has ended. */
    public void mirrorEnded() {
        mirrors--;
    }

    /** Bytes of a body begin (positive) or end (negative) to wait for a slow receiver. */
    public void queued(int bytes) {
        queuedBytes += bytes;
    }

    /** Whether the bytes that wait are so many that senders must be held back. */
    public boolean isOverQueueBudget() {
        return queuedBytes > limits.queuedBytesBudget();
    }

    /** A downstream connection begins. */
    public void opened(DownstreamConnection connection) {
        connections.add(connection);
    }

    /** A downstream connection has ended. */
    public void closed(DownstreamConnection connection) {
        connections.remove(connection);
    }

    /** A coarse clock: connections note it when bytes move, so that idle ones can be found without reading the time. */
    public int tick() {
        return tick;
    }

    /**
     * Moves the coarse clock and closes what has been idle for so many of its ticks. Called at a fixed interval.
     *
     * @param intervalMillis that interval
     */
    public void tick(int idleTicks, long intervalMillis) {
        tick++;
        tickMillis = intervalMillis;
        connections().forEach(connection -> connection.closeIfIdle(tick, idleTicks));
        upstreams.closeIdle(tick, idleTicks, intervalMillis);
    }

    /** Length of a tick. */
    public long tickMillis() {
        return tickMillis;
    }

    /** The open downstream connections, oldest first; a copy. */
    public List<DownstreamConnection> connections() {
        return List.copyOf(connections);
    }

    /** Whether no new work is taken. */
    public boolean isDraining() {
        return draining;
    }

    /** Takes no new work from now on: every open connection is told to end when its requests have. */
    public void drain() {
        draining = true;
        connections().forEach(DownstreamConnection::drain);
    }
}
