package io.signalbox.agent.routing;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Numbers for names. A name keeps its number from table to table for as long as it is there, so that what was prepared
 * with numbers stays right when other names come and go. Immutable.
 */
final class Slots {
    static final int NONE = -1;
    static final Slots EMPTY = new Slots(Map.of(), 0);

    private final Map<String, Integer> byName;
    private final int capacity;

    private Slots(Map<String, Integer> byName, int capacity) {
        this.byName = byName;
        this.capacity = capacity;
    }

    /** The numbers of these names: the same object where they have not changed. */
    Slots next(Set<String> names) {
        if (byName.keySet().equals(names)) {
            return this;
        }
        Map<String, Integer> next = HashMap.newHashMap(names.size());
        BitSet taken = new BitSet(capacity);
        for (String name : names) {
            Integer slot = byName.get(name);
            if (slot != null) {
                next.put(name, slot);
                taken.set(slot);
            }
        }
        int free = 0;
        for (String name : names) {
            if (!byName.containsKey(name)) {
                free = taken.nextClearBit(free);
                next.put(name, free++);
                taken.set(free - 1);
            }
        }
        return new Slots(Map.copyOf(next), taken.length());
    }

    /** The number of a name; {@link #NONE} for null, and for a name that is not there. */
    int of(@Nullable String name) {
        Integer slot = name == null ? null : byName.get(name);
        return slot == null ? NONE : slot;
    }

    /** All numbers are below this. */
    int capacity() {
        return capacity;
    }
}
