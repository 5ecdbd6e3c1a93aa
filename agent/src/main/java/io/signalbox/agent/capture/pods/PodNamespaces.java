package io.signalbox.agent.capture.pods;

import io.signalbox.agent.capture.netns.NetworkNamespace;
import io.signalbox.agent.capture.rules.FailureMode;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All network namespaces of pods that the agent knows: those with processes, and those that the CNI plugin has told of.
 * Confined to one thread.
 */
final class PodNamespaces {
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Programs in a pod may make network namespaces of their own; more than so many are left alone. */
    private static final int MAX_NAMESPACES_OF_A_POD = 8;

    private static final Logger LOG = LoggerFactory.getLogger(PodNamespaces.class);

    private final FailureMode failureMode;
    private final BiFunction<Long, String, PodNamespace> maker;
    private final PodProcesses processes;
    private final PodStats stats;
    private final Map<Long, PodNamespace> pods = new HashMap<>();
    private final Map<Long, Sandbox> sandboxes = new HashMap<>();

    /** What the CNI plugin has told of, until it takes that back or the namespace has no name any more. */
    private record Sandbox(String containerId, Path path) {}

    /**
     * Knows none yet.
     *
     * @param failureMode where neither pod nor namespace say another
     * @param maker makes the state of a namespace by its inode and the pod's UID
     */
    PodNamespaces(
            FailureMode failureMode,
            BiFunction<Long, String, PodNamespace> maker,
            PodProcesses processes,
            PodStats stats) {
        this.failureMode = failureMode;
        this.maker = maker;
        this.processes = processes;
        this.stats = stats;
    }

    /** Brings all into the state that they should be in; whether anything was done. */
    boolean adjustAll(NodeWorkloads workloads) {
        boolean changed = letGo();
        List<PodProcesses.Found> left = new ArrayList<>();
        for (PodProcesses.Found found : processes.namespaces().values()) {
            PodNamespace pod = pods.get(found.inode());
            Path path = processes.namespaceOf(found.pids().iterator().next());
            if ((pod == null || !pod.isSettled()) && !isThere(found.inode(), path)) {
                left.add(found);
                continue;
            }
            if (pod == null) {
                pod = add(found.inode(), found.uid());
                changed = true;
            } else if (pod.uid().isEmpty()) {
                pod.uid(found.uid());
                changed = true;
            }
            changed |= adjust(pod, path, workloads);
        }
        left.forEach(processes::lookAgain);
        for (Map.Entry<Long, Sandbox> sandbox : sandboxes.entrySet()) {
            PodNamespace pod = pods.get(sandbox.getKey());
            if (pod != null) {
                changed |= adjust(pod, sandbox.getValue().path(), workloads);
            }
        }
        return changed;
    }

    /**
     * A sandbox is made: captures it before it has a process.
     *
     * @param path of its namespace
     * @param uid of its pod; empty while unknown
     */
    PodNamespace sandboxMade(String containerId, Path path, String uid, NodeWorkloads workloads) throws IOException {
        long inode = NetworkNamespace.inode(path);
        sandboxes.put(inode, new Sandbox(containerId, path));
        PodNamespace pod = pods.get(inode);
        if (pod == null) {
            pod = add(inode, uid);
        }
        adjust(pod, path, workloads);
        return pod;
    }

    /** A sandbox ends; its namespace is let go with its last process. */
    void sandboxEnds(String containerId) {
        sandboxes.values().removeIf(sandbox -> sandbox.containerId().equals(containerId));
        letGo();
    }

    /** What is known of the namespace at a path; null: nothing. */
    @Nullable
    PodNamespace at(Path path) throws IOException {
        return pods.get(NetworkNamespace.inode(path));
    }

    private PodNamespace add(long inode, String uid) {
        PodNamespace pod = maker.apply(inode, uid);
        pods.put(inode, pod);
        return pod;
    }

    /** Lets go of what has no process any more; whether there was any. */
    private boolean letGo() {
        sandboxes
                .entrySet()
                .removeIf(
                        sandbox -> !isThere(sandbox.getKey(), sandbox.getValue().path()));
        return pods.values().removeIf(pod -> {
            boolean isGone = !processes.namespaces().containsKey(pod.inode()) && !sandboxes.containsKey(pod.inode());
            if (isGone) {
                LOG.info("pod gone: uid={} namespace={}", pod.uid(), pod.inode());
                stats.releases.increment();
                leaveNothing(pod);
            }
            return isGone;
        });
    }

    private static void leaveNothing(PodNamespace pod) {
        pod.removeOwnedRules();
        try {
            pod.removeRest();
        } catch (IOException e) {
            LOG.warn("an empty table stays: uid={} namespace={} reason={}", pod.uid(), pod.inode(), e.toString());
        }
        pod.close();
    }

    private static boolean isThere(long inode, Path path) {
        try {
            return NetworkNamespace.inode(path) == inode;
        } catch (IOException e) {
            return false;
        }
    }

    /** Brings a pod into the state that it should be in; whether it was in another. */
    private boolean adjust(PodNamespace pod, Path path, NodeWorkloads workloads) {
        FailureMode wanted = wanted(workloads.withUid(pod.uid()));
        if ((pod.isSettled() && wanted == pod.failureMode()) || !pod.isDue(System.nanoTime())) {
            return false;
        }
        try {
            if (wanted == null) {
                pod.exclude(path);
                LOG.info("pod excluded: uid={} namespace={}", pod.uid(), pod.inode());
            } else {
                requireRoom(pod);
                pod.capture(path, wanted);
                stats.captures.increment();
                LOG.info(
                        "pod captured: uid={} namespace={} port={} failure_mode={}",
                        pod.uid(),
                        pod.inode(),
                        pod.port(),
                        wanted);
            }
        } catch (IOException | RuntimeException e) {
            failed(pod, e);
        }
        return true;
    }

    private void failed(PodNamespace pod, Exception reason) {
        stats.failures.increment();
        if (!pod.problem().equals(reason.toString())) {
            LOG.warn(
                    "pod cannot be captured, trying again: uid={} namespace={} reason={}",
                    pod.uid(),
                    pod.inode(),
                    reason.toString());
        }
        pod.close();
        pod.failed(reason.toString(), System.nanoTime() + RETRY_NANOS);
    }

    private void requireRoom(PodNamespace pod) throws IOException {
        long others = pods.values().stream()
                .filter(other -> !other.uid().isEmpty() && other.uid().equals(pod.uid()) && other.port() != 0)
                .count();
        if (pod.port() == 0 && others >= MAX_NAMESPACES_OF_A_POD) {
            throw new IOException("the pod has " + others + " network namespaces already (expected: at most "
                    + MAX_NAMESPACES_OF_A_POD + ")");
        }
    }

    /** How a pod is to be captured; null: not at all. */
    private @Nullable FailureMode wanted(@Nullable Workload workload) {
        return switch (workload == null ? Workload.Capture.DEFAULT : workload.capture()) {
            case DEFAULT -> failureMode;
            case FAIL_OPEN -> FailureMode.OPEN;
            case FAIL_CLOSED -> FailureMode.CLOSED;
            case DISABLED -> null;
        };
    }

    /** How a pod fails, by its own word or that of its namespace; null: it is not to be captured. */
    @Nullable
    FailureMode wantedFor(String uid, NodeWorkloads workloads) {
        return wanted(workloads.withUid(uid));
    }

    /** All, for operators; ordered by pod. */
    List<PodReport> reports(NodeWorkloads workloads) {
        List<PodReport> all = new ArrayList<>(pods.size());
        for (PodNamespace pod : pods.values()) {
            PodReport.State state = !pod.problem().isEmpty()
                    ? PodReport.State.FAILED
                    : pod.failureMode() == null ? PodReport.State.EXCLUDED : PodReport.State.CAPTURED;
            all.add(new PodReport(
                    pod.uid(),
                    name(workloads.withUid(pod.uid())),
                    pod.inode(),
                    state,
                    pod.failureMode(),
                    pod.problem(),
                    pod.port()));
        }
        for (PodProcesses.Denied process : processes.denied().values()) {
            String name = name(workloads.withUid(process.uid()));
            all.add(new PodReport(process.uid(), name, 0, PodReport.State.FAILED, null, process.reason(), 0));
        }
        all.sort(PodReport.ORDER);
        return List.copyOf(all);
    }

    private static @Nullable String name(@Nullable Workload workload) {
        return workload == null ? null : workload.namespace() + "/" + workload.name();
    }

    /** New connections do not come to this agent any more, unless rules fail closed. */
    void removeOwnedRules() {
        pods.values().forEach(PodNamespace::removeOwnedRules);
    }

    /** No connection is accepted any more; those that are open go on. */
    void closeListeners() {
        pods.values().forEach(PodNamespace::closeListeners);
    }

    /** Lets all go, when no connection is open any more. */
    void close() {
        pods.values().forEach(PodNamespaces::leaveNothing);
        pods.clear();
        sandboxes.clear();
    }
}
