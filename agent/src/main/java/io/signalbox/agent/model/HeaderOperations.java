package io.signalbox.agent.model;

import java.util.List;

/**
 * Changes of headers: removals first, then {@code set}, then {@code add}.
 *
 * @param set overwrites
 * @param add appends a value
 * @param remove names, lower-case
 */
public record HeaderOperations(List<Header> set, List<Header> add, List<String> remove) {
    /** No change. */
    public static final HeaderOperations NONE = new HeaderOperations(List.of(), List.of(), List.of());

    public HeaderOperations {
        set = List.copyOf(set);
        add = List.copyOf(add);
        remove = List.copyOf(remove);
    }

    /** Whether nothing changes. */
    public boolean isEmpty() {
        return set.isEmpty() && add.isEmpty() && remove.isEmpty();
    }

    /**
     * A header field.
     *
     * @param name lower-case
     */
    public record Header(String name, String value) {}
}
