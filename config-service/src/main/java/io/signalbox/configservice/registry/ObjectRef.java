package io.signalbox.configservice.registry;

import java.util.Comparator;

/**
 * Names a declared object. Ordered by kind, namespace, name.
 *
 * @param kind such as {@code Service}
 * @param namespace empty for kinds that have none
 * @param name name within the namespace
 */
public record ObjectRef(String kind, String namespace, String name) implements Comparable<ObjectRef> {
    private static final Comparator<ObjectRef> ORDER = Comparator.comparing(ObjectRef::kind)
            .thenComparing(ObjectRef::namespace)
            .thenComparing(ObjectRef::name);

    @Override
    public int compareTo(ObjectRef other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return namespace.isEmpty() ? kind + " " + name : kind + " " + namespace + "/" + name;
    }
}
