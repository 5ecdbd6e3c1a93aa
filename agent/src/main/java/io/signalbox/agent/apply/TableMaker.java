package io.signalbox.agent.apply;

import io.signalbox.agent.config.SnapshotUpdate;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Snapshot;
import io.signalbox.agent.routing.PortTable;
import io.signalbox.agent.routing.PortTableBuilder;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.routing.RoutingTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Makes the routing table of each snapshot: the tables of ports that changed are built anew, the others are kept.
 * Confined to the control thread.
 */
final class TableMaker {
    private final Map<Integer, Map<String, PreparedBackend>> backends = new HashMap<>();
    private final Map<Integer, PortTable> tables = new HashMap<>();
    private long generation;

    /**
     * A new table and which backends it changes.
     *
     * @param table to put in force
     * @param changed backends in their new form, new ones among them
     * @param removed backends that are gone, as they were
     */
    record Made(RoutingTable table, List<PreparedBackend> changed, List<PreparedBackend> removed) {}

    Made make(SnapshotUpdate update) {
        generation++;
        Snapshot snapshot = update.snapshot();
        List<PreparedBackend> changed = new ArrayList<>();
        List<PreparedBackend> removed = new ArrayList<>();
        for (int port : update.removedPorts()) {
            tables.remove(port);
            noteChanges(backends.getOrDefault(port, Map.of()), Map.of(), changed, removed);
            backends.remove(port);
        }
        for (int port : update.changedPorts()) {
            PortSnapshot portSnapshot = Objects.requireNonNull(snapshot.ports().get(port));
            Map<String, PreparedBackend> before = backends.getOrDefault(port, Map.of());
            Map<String, PreparedBackend> now = PortTableBuilder.prepareBackends(portSnapshot, before, generation);
            tables.put(port, PortTableBuilder.build(portSnapshot, now, tables.get(port)));
            backends.put(port, now);
            noteChanges(before, now, changed, removed);
        }
        return new Made(new RoutingTable(tables, snapshot.workloads()), changed, removed);
    }

    private static void noteChanges(
            Map<String, PreparedBackend> before,
            Map<String, PreparedBackend> now,
            List<PreparedBackend> changed,
            List<PreparedBackend> removed) {
        now.forEach((name, current) -> {
            PreparedBackend old = before.get(name);
            if (old == null || current.generation() != old.generation()) {
                changed.add(current);
            }
        });
        before.forEach((name, old) -> {
            if (!now.containsKey(name)) {
                removed.add(old);
            }
        });
    }
}
