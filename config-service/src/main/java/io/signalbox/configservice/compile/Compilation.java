package io.signalbox.configservice.compile;

import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What compiling a registry gave, and what the next compilation starts from.
 *
 * @param registry what was compiled
 * @param snapshot the result
 * @param compiledPorts the ports that were compiled anew, ordered, whether or not their content changed
 * @param portProblems findings by port
 * @param generalProblems findings that belong to no port
 */
public record Compilation(
        Registry registry,
        Snapshot snapshot,
        Set<Integer> compiledPorts,
        SortedMap<Integer, List<Problem>> portProblems,
        List<Problem> generalProblems) {
    /** Of the empty registry. */
    public static final Compilation EMPTY =
            new Compilation(Registry.EMPTY, Snapshot.EMPTY, Set.of(), new TreeMap<>(), List.of());

    public Compilation {
        compiledPorts = Collections.unmodifiableSet(new TreeSet<>(compiledPorts));
        portProblems = Collections.unmodifiableSortedMap(new TreeMap<>(portProblems));
        generalProblems = List.copyOf(generalProblems);
    }

    /** All findings, ordered. */
    public List<Problem> problems() {
        List<Problem> all = new ArrayList<>(generalProblems);
        portProblems.values().forEach(all::addAll);
        Collections.sort(all);
        return Collections.unmodifiableList(all);
    }
}
