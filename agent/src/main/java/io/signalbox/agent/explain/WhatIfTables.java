package io.signalbox.agent.explain;

import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.routing.PortTable;
import io.signalbox.agent.routing.PortTableBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tables of snapshots that are not in force; the last few are kept, since questions come in series. Thread-safe. */
final class WhatIfTables {
    private static final int KEPT = 4;

    private final Map<String, PortTable> tables = new LinkedHashMap<>(8, 0.75f, true);

    synchronized @Nullable PortTable of(@Nullable PortSnapshot snapshot) {
        if (snapshot == null) {
            return null;
        }
        String key = snapshot.port() + "/" + snapshot.version();
        PortTable known = tables.get(key);
        if (known == null) {
            known = PortTableBuilder.build(snapshot, PortTableBuilder.prepareBackends(snapshot, Map.of(), 0), null);
            tables.put(key, known);
            if (tables.size() > KEPT) {
                tables.remove(tables.keySet().iterator().next());
            }
        }
        return known;
    }
}
