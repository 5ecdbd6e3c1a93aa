package io.signalbox.agent.config;

import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Snapshot;
import io.signalbox.config.v1.PortUpdate;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.RefusedPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the agent holds at one moment. Immutable: {@link #accept} computes what a push leads to and changes
 * nothing, so that a broken push cannot do harm.
 *
 * @param ports by port number
 * @param workloads the workloads of the node
 */
record HeldContent(Map<Integer, HeldPortContent> ports, HeldWorkloads workloads) {
    static final HeldContent EMPTY = new HeldContent(Map.of(), HeldWorkloads.NONE);

    /**
     * What a push leads to.
     *
     * @param content what the agent holds from now on
     * @param update the same as a snapshot with its differences, for the dataplane
     * @param refused ports that stay as they were
     * @param workloadsProblem why the workloads stay as they were; null when they were taken or absent
     */
    record Outcome(
            HeldContent content,
            SnapshotUpdate update,
            List<RefusedPort> refused,
            @Nullable String workloadsProblem) {
        /** Whether traffic is served otherwise than before. */
        boolean isChange() {
            return !update.changedPorts().isEmpty() || !update.removedPorts().isEmpty() || update.workloadsChanged();
        }
    }

    HeldContent {
        ports = Map.copyOf(ports);
    }

    /** Checks a push port by port, and takes every part that can be served. */
    Outcome accept(Push push) {
        Map<Integer, HeldPortContent> next = new HashMap<>(ports);
        Set<Integer> changed = new HashSet<>();
        Set<Integer> removed = new HashSet<>();
        for (int port : push.getRemovedPortsList()) {
            if (next.remove(port) != null) {
                removed.add(port);
            }
        }
        List<RefusedPort> refused = new ArrayList<>();
        Set<Integer> named = new HashSet<>(push.getRemovedPortsList());
        for (PortUpdate update : push.getPortUpdatesList()) {
            int port = update.getPort();
            try {
                AddressDecoder.port("port", port);
                if (!named.add(port)) {
                    throw ContentException.invalid("port " + port + " stands twice in one push (expected: once)");
                }
                HeldPortContent before = ports.get(port);
                HeldPortContent after = accept(before, update);
                if (before == null || !before.version().equals(after.version())) {
                    next.put(port, after);
                    changed.add(port);
                }
            } catch (ContentException e) {
                refused.add(refusal(update, e, next.get(port)));
            }
        }
        HeldWorkloads nextWorkloads = workloads;
        String workloadsProblem = null;
        if (push.hasWorkloads()) {
            try {
                nextWorkloads = HeldWorkloads.of(push.getWorkloads());
            } catch (ContentException e) {
                workloadsProblem = e.reason();
            }
        }
        boolean workloadsChanged = !nextWorkloads
                .workloads()
                .version()
                .equals(workloads.workloads().version());
        HeldContent content = new HeldContent(next, nextWorkloads);
        SnapshotUpdate update = new SnapshotUpdate(content.toSnapshot(), changed, removed, workloadsChanged);
        return new Outcome(content, update, List.copyOf(refused), workloadsProblem);
    }

    Snapshot toSnapshot() {
        Map<Integer, PortSnapshot> snapshots = HashMap.newHashMap(ports.size());
        ports.forEach((port, held) -> snapshots.put(port, held.snapshot()));
        return new Snapshot(snapshots, workloads.workloads());
    }

    private static HeldPortContent accept(@Nullable HeldPortContent held, PortUpdate update) throws ContentException {
        int port = update.getPort();
        return switch (update.getContentCase()) {
            case FULL -> HeldPortContent.full(port, update.getFull());
            case DELTA -> {
                if (held == null) {
                    throw ContentException.deltaMismatch("delta from version "
                            + update.getDelta().getFromVersion() + ", but this agent holds nothing of port " + port);
                }
                yield held.delta(port, update.getDelta());
            }
            case CONTENT_NOT_SET ->
                throw ContentException.invalid(
                        "port update without content (the config service may be newer than this agent)");
        };
    }

    private static RefusedPort refusal(PortUpdate update, ContentException e, @Nullable HeldPortContent held) {
        String offered = switch (update.getContentCase()) {
            case FULL -> update.getFull().getVersion();
            case DELTA -> update.getDelta().getVersion();
            case CONTENT_NOT_SET -> "";
        };
        return RefusedPort.newBuilder()
                .setPort(update.getPort())
                .setVersion(offered)
                .setKind(e.kind())
                .setReason(e.reason())
                .setHeldVersion(held == null ? "" : held.version().value())
                .build();
    }
}
