package io.signalbox.configservice.registry;

import java.util.List;

/** A Gateway API ReferenceGrant: objects of other namespaces may name objects of this one. */
public record ReferenceGrant(ObjectMeta metadata, List<From> from, List<To> to) implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "ReferenceGrant";

    public ReferenceGrant {
        from = List.copyOf(from);
        to = List.copyOf(to);
    }

    /**
     * Who may name.
     *
     * @param group API group; empty: the core group
     */
    public record From(String group, String kind, String namespace) {}

    /**
     * What may be named.
     *
     * @param group API group; empty: the core group
     * @param name empty: every object of the kind
     */
    public record To(String group, String kind, String name) {}
}
