package io.signalbox.agent.config;

import io.signalbox.agent.model.Snapshot;
import java.util.Set;

/**
 * A new snapshot and what makes it differ from the one before, so that applying it costs only what changed. Ports that
 * are named in neither set are the same objects as before.
 *
 * @param snapshot everything to serve from now on
 * @param changedPorts ports that are new or have another version
 * @param removedPorts ports that are no longer configured
 * @param workloadsChanged whether the node's workloads are others
 */
public record SnapshotUpdate(
        Snapshot snapshot, Set<Integer> changedPorts, Set<Integer> removedPorts, boolean workloadsChanged) {
    public SnapshotUpdate {
        changedPorts = Set.copyOf(changedPorts);
        removedPorts = Set.copyOf(removedPorts);
    }
}
