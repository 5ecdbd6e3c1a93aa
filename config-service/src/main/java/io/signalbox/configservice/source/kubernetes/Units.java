package io.signalbox.configservice.source.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.configservice.source.SourceUnit;
import io.signalbox.configservice.source.manifest.ManifestReader;
import io.signalbox.configservice.source.manifest.ResourceKind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The objects of a kind, as far as they are read. What changes in an object that nobody reads, such as most of a pod's
 * status, is no change. Safe for use by several threads.
 */
final class Units {
    private final ResourceKind kind;
    private final Changes changes;
    private final Map<String, SourceUnit> known = new HashMap<>();

    Units(ResourceKind kind, Changes changes) {
        this.kind = kind;
        this.changes = changes;
    }

    /**
     * Reads the object.
     *
     * @return the name of its unit
     */
    String put(JsonNode object, String apiVersion) {
        String name = name(object);
        SourceUnit unit = ManifestReader.readObject(name, object, kind.kind(), apiVersion);
        synchronized (this) {
            if (!unit.equals(known.get(name))) {
                known.put(name, unit);
                changes.put(unit);
            }
        }
        return name;
    }

    synchronized void remove(JsonNode object) {
        remove(name(object));
    }

    /** Forgets all objects but those of these units. */
    synchronized void retain(Set<String> names) {
        Set<String> gone = new HashSet<>(known.keySet());
        gone.removeAll(names);
        List.copyOf(gone).forEach(this::remove);
    }

    synchronized int size() {
        return known.size();
    }

    private void remove(String name) {
        if (known.remove(name) != null) {
            changes.remove(name);
        }
    }

    private String name(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        String name = metadata.path("name").asText("");
        return kind.namespaced()
                ? kind.resource() + "/" + metadata.path("namespace").asText("") + "/" + name
                : kind.resource() + "/" + name;
    }
}
