package io.signalbox.loadtest.scale;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every change: when it was made, and the first revision that has it. A change of the same thing takes those before it
 * along, since they were overtaken. Safe for use by several threads.
 */
final class ChangeLog {
    /**
     * One change.
     *
     * @param kind what was changed
     * @param madeNanos when its file was in place, by the nano clock
     * @param previous the change of the same thing before it; -1: none
     */
    record Change(String kind, long madeNanos, int previous) {}

    private final List<Change> changes = new ArrayList<>();
    private final List<Long> revisions = new ArrayList<>();
    private final Map<String, Integer> lastOf = new HashMap<>();

    /** The number of the next change. */
    synchronized int next() {
        return changes.size();
    }

    /** Notes a change, before its file is moved into place. */
    synchronized void made(String kind, String thing, long nanos) {
        Integer previous = lastOf.put(kind + " " + thing, changes.size());
        changes.add(new Change(kind, nanos, previous == null ? -1 : previous));
        revisions.add(Long.MAX_VALUE);
    }

    /** A checked agent got a push of that revision that shows the change. */
    synchronized void arrived(int change, long revision) {
        for (int at = change; at >= 0 && at < changes.size() && revisions.get(at) > revision; ) {
            revisions.set(at, revision);
            at = changes.get(at).previous();
        }
    }

    /** The first revision in which the change was seen; {@link Long#MAX_VALUE}: in none yet. */
    synchronized long revision(int change) {
        return revisions.get(change);
    }

    /** A change by its number. */
    synchronized Change get(int change) {
        return changes.get(change);
    }

    /** How many were seen. */
    synchronized long arrivedCount() {
        return revisions.stream().filter(revision -> revision != Long.MAX_VALUE).count();
    }
}
