package io.signalbox.configservice.compile.callers;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The namespaces whose callers see an object.
 *
 * @param everyone whether all do
 * @param namespaces those that do, if not all
 */
public record Visibility(boolean everyone, Set<String> namespaces) {
    /** Seen by everyone. */
    public static final Visibility PUBLIC = new Visibility(true, Set.of());

    public Visibility {
        namespaces = Collections.unmodifiableSet(new TreeSet<>(namespaces));
    }

    /**
     * What {@code exportTo} says.
     *
     * @param exportTo {@code .}, {@code *}, {@code ~} or namespaces; empty: not declared, which means everyone
     * @param own namespace of the object
     */
    public static Visibility of(List<String> exportTo, String own) {
        if (exportTo.isEmpty() || exportTo.contains("*")) {
            return PUBLIC;
        }
        Set<String> namespaces = new TreeSet<>();
        for (String word : exportTo) {
            if (word.equals(".")) {
                namespaces.add(own);
            } else if (!word.equals("~")) {
                namespaces.add(word);
            }
        }
        return new Visibility(false, namespaces);
    }

    /** Seen by the callers of this namespace alone. */
    public static Visibility of(String namespace) {
        return new Visibility(false, Set.of(namespace));
    }

    /** Whether callers of the namespace see it; the empty name stands for namespaces that nothing names. */
    public boolean includes(String namespace) {
        return everyone || namespaces.contains(namespace);
    }
}
