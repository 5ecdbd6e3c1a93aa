package io.signalbox.configservice.snapshot;

import io.signalbox.config.v1.NodeWorkloads;
import io.signalbox.configservice.registry.Revision;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The ports and nodes at one revision. What did not change is shared by reference with the snapshot before.
 *
 * @param revision the registry's state that this was compiled from
 * @param ports by port, ordered
 * @param nodes by node name, ordered, without version; nodes about which nothing is known are absent
 * @param otherNodes what such a node is told, without version
 */
public record Snapshot(
        Revision revision,
        SortedMap<Integer, PortResources> ports,
        SortedMap<String, NodeWorkloads> nodes,
        NodeWorkloads otherNodes) {
    /** Nothing configured. */
    public static final Snapshot EMPTY =
            new Snapshot(Revision.NONE, new TreeMap<>(), new TreeMap<>(), NodeWorkloads.getDefaultInstance());

    public Snapshot {
        ports = Collections.unmodifiableSortedMap(new TreeMap<>(ports));
        nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    }
}
