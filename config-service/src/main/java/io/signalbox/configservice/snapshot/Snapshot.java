package io.signalbox.configservice.snapshot;

import io.signalbox.configservice.registry.Revision;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The port snapshots and workloads at one revision. What did not change is shared by reference with the snapshot
 * before.
 *
 * @param revision the registry's state that this was compiled from
 * @param ports by port, ordered
 * @param nodes by node name, ordered; nodes without workloads are absent
 */
public record Snapshot(
        Revision revision, SortedMap<Integer, PortSnapshot> ports, SortedMap<String, NodeWorkloads> nodes) {
    /** Nothing configured. */
    public static final Snapshot EMPTY = new Snapshot(Revision.NONE, new TreeMap<>(), new TreeMap<>());

    public Snapshot {
        ports = Collections.unmodifiableSortedMap(new TreeMap<>(ports));
        nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    }
}
