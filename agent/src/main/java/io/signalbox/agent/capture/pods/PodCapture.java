package io.signalbox.agent.capture.pods;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.signalbox.agent.capture.netns.NetworkNamespace;
import io.signalbox.agent.capture.netns.Nftables;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.proxy.CallingPod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the network namespaces of the node's pods and captures in each, as the pods' and namespaces' annotations want
 * it; lets go of those that have ended. All of it on one thread of its own, which is the only one that ever leaves the
 * agent's network namespace.
 *
 * <p>Nothing is captured before the agent knows what to serve.
 */
public final class PodCapture implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 100;
    private static final long CNI_INTERVAL_MILLIS = 20;
    private static final long CNI_CLEANING_SECONDS = 30;
    private static final long STOP_SECONDS = 10;

    /** Connections that are on their way when the rules go still reach a listener. */
    private static final long GRACE_MILLIS = 200;

    private static final Path PROC = Path.of("/proc");
    private static final Logger LOG = LoggerFactory.getLogger(PodCapture.class);

    private final PodsConfig config;
    private final Supplier<@Nullable NodeWorkloads> workloads;
    private final PodStats stats = new PodStats();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("signalbox-pods").daemon().unstarted(task));
    private final Set<Long> leftAlone = new HashSet<>();
    private final PodProcesses processes;
    private final PodNamespaces namespaces;
    private final CniHandler cniHandler;
    private @Nullable CniDirectory cniDirectory;
    private @Nullable NodeWorkloads known;
    private Map<Integer, PodProcesses.Denied> denied = Map.of();
    private boolean isStopping;
    private volatile boolean isStopped;
    private String lastProblem = "";
    private volatile List<PodReport> reports = List.of();
    private volatile boolean hasLooked;

    /**
     * Starts nothing.
     *
     * @param loops what accepted connections are dealt out to
     * @param acceptor makes the handler of the connections of one pod; it is used on all loops
     * @param workloads what is known of the node's pods; null while there is nothing to serve
     */
    public PodCapture(
            PodsConfig config,
            EventLoopGroup loops,
            Function<CallingPod, ChannelHandler> acceptor,
            Supplier<@Nullable NodeWorkloads> workloads) {
        this.config = config;
        this.workloads = workloads;
        this.processes = new PodProcesses(PROC, new PodCgroups(config.cgroup()), leftAlone::contains);
        this.namespaces = new PodNamespaces(
                config.failureMode(),
                (inode, uid) -> new PodNamespace(config, thread, loops, acceptor, inode, uid),
                processes,
                stats);
        this.cniHandler = new CniHandler(namespaces, stats);
    }

    /** What it counts. */
    public PodStats stats() {
        return stats;
    }

    /** All namespaces of pods, as they were last seen; ordered by pod. */
    public List<PodReport> reports() {
        return reports;
    }

    /** Whether all pods that there were at the start have been tried. */
    public boolean isReady() {
        return hasLooked;
    }

    /**
     * Begins to look.
     *
     * @throws IOException when this process may not do what it must; the message says what is missing
     */
    public void start() throws IOException {
        Nftables.require();
        await(thread.submit(() -> {
            prepare();
            return null;
        }));
        schedule("looking for pods", this::look, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        if (cniDirectory != null) {
            CniDirectory directory = cniDirectory;
            schedule("answering the CNI plugin", () -> answer(directory), CNI_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
            schedule(
                    "removing what the CNI plugin has left",
                    () -> directory.removeStale(InstantSource.system().instant()),
                    CNI_CLEANING_SECONDS,
                    TimeUnit.SECONDS);
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private void schedule(String what, Task task, long interval, TimeUnit unit) {
        thread.scheduleWithFixedDelay(
                () -> {
                    if (isStopping) {
                        return;
                    }
                    try {
                        task.run();
                    } catch (IOException | RuntimeException e) {
                        if (!e.toString().equals(lastProblem)) {
                            lastProblem = e.toString();
                            LOG.warn("{} failed, trying again", what, e);
                        }
                    }
                },
                0,
                interval,
                unit);
    }

    private void prepare() throws IOException {
        try (NetworkNamespace own = NetworkNamespace.open(NetworkNamespace.OWN)) {
            own.inside(own::inode);
            leftAlone.add(own.inode());
        } catch (IOException e) {
            throw new IOException(
                    "network namespaces cannot be entered: " + e.getMessage() + " (expected: CAP_SYS_ADMIN)", e);
        }
        try {
            leftAlone.add(NetworkNamespace.inode(PROC.resolve("1/ns/net")));
            NetworkNamespace.seeAllCgroups();
        } catch (IOException e) {
            LOG.warn(
                    "the node's first process cannot be looked at, going on with what is seen of others: reason={}"
                            + " (expected: CAP_SYS_PTRACE, and the node's processes: hostPID)",
                    e.toString());
        }
        Path directory = config.cniDirectory();
        if (directory != null) {
            cniDirectory = CniDirectory.open(directory);
        }
    }

    private void look() throws IOException {
        NodeWorkloads now = workloads.get();
        if (now == null) {
            return;
        }
        long start = System.nanoTime();
        processes.scan(start);
        stats.scans.increment();
        stats.scanNanos.add(System.nanoTime() - start);
        boolean changed = noteDenied();
        changed |= namespaces.adjustAll(now);
        changed |= !now.equals(known);
        known = now;
        if (changed) {
            reports = namespaces.reports(now);
        }
        hasLooked = true;
    }

    /** Whether there are others than before whose namespaces may not be seen. */
    private boolean noteDenied() {
        Map<Integer, PodProcesses.Denied> now = Map.copyOf(processes.denied());
        if (now.equals(denied)) {
            return false;
        }
        if (denied.isEmpty()) {
            LOG.warn("pods cannot be captured: {}", now.values().iterator().next());
        }
        denied = now;
        return true;
    }

    private void answer(CniDirectory directory) throws IOException {
        NodeWorkloads now = workloads.get();
        if (now != null && directory.answer(request -> cniHandler.answer(request, now))) {
            reports = namespaces.reports(now);
        }
    }

    /**
     * Ends capture: rules that fail open go, those that fail closed stay; then the listeners close. Open connections go
     * on. Waits until it is done; does nothing more when called again.
     */
    public void stop() {
        if (isStopped) {
            return;
        }
        isStopped = true;
        try {
            await(thread.submit(() -> {
                CniDirectory directory = cniDirectory;
                if (directory != null) {
                    directory.close();
                }
                isStopping = true;
                namespaces.removeOwnedRules();
            }));
            TimeUnit.MILLISECONDS.sleep(GRACE_MILLIS);
            await(thread.submit(namespaces::closeListeners));
        } catch (IOException e) {
            LOG.warn("capture did not end as it should: reason={}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(Future<?> done) throws IOException {
        try {
            done.get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("not done after " + STOP_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As {@link #stop}, and leaves nothing in pods but rules that fail closed; open connections break. */
    @Override
    public void close() {
        if (thread.isShutdown()) {
            return;
        }
        stop();
        try {
            await(thread.submit(namespaces::close));
        } catch (IOException e) {
            LOG.warn("pods were not let go as they should: reason={}", e.toString());
        }
        reports = List.of();
        thread.shutdown();
    }
}
