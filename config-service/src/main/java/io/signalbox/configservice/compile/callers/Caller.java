package io.signalbox.configservice.compile.callers;

import io.signalbox.config.v1.Audience;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Callers that are alike.
 *
 * @param namespace theirs; empty: any that nothing names
 * @param scope the restricting scope that they are in, or none
 */
public record Caller(String namespace, @Nullable Scope scope) {
    /** Of any namespace that nothing names, without a restricting scope. */
    public static final Caller ANY = new Caller("", null);

    /**
     * The callers to look at for something that these namespaces make different. Those of a namespace's own scope come
     * with it; the general comes before the particular.
     */
    public static List<Caller> of(Collection<String> namespaces, Collection<Scope> restricting) {
        Set<String> ordered = new TreeSet<>(namespaces);
        List<Caller> callers = new ArrayList<>(1 + ordered.size() + restricting.size());
        callers.add(ANY);
        for (String namespace : ordered) {
            callers.add(new Caller(namespace, null));
        }
        for (Scope scope : restricting) {
            callers.add(new Caller(scope.namespace(), scope));
            if (scope.namespace().isEmpty()) {
                ordered.forEach(namespace -> callers.add(new Caller(namespace, scope)));
            }
        }
        return callers;
    }

    /** The same callers where only these namespaces make a difference. */
    public Caller among(Set<String> namespaces) {
        boolean own = scope != null && !scope.namespace().isEmpty();
        return own || namespace.isEmpty() || namespaces.contains(namespace) ? this : new Caller("", scope);
    }

    /** The callers who find what counts for these callers where nothing counts for them in particular; or none. */
    public @Nullable Caller general() {
        boolean isGeneral =
                namespace.isEmpty() || (scope != null && !scope.namespace().isEmpty());
        return isGeneral ? null : new Caller("", scope);
    }

    /** The same callers without their scope: for what a scope does not hide. */
    public Caller unscoped() {
        return scope == null ? this : new Caller(namespace, null);
    }

    /** As the contract says it; empty (everyone) for {@link #ANY}. */
    public Audience audience() {
        Audience.Builder audience = Audience.newBuilder();
        if (scope == null) {
            audience.setNamespace(namespace);
        } else {
            audience.setScope(scope.name());
            if (scope.namespace().isEmpty()) {
                audience.setNamespace(namespace);
            }
        }
        return audience.build();
    }

    /** What is put behind the name of a resource for these callers; empty for {@link #ANY}. */
    public String suffix() {
        if (scope == null) {
            return namespace.isEmpty() ? "" : "@" + namespace;
        }
        return "@" + (scope.namespace().isEmpty() ? namespace : "") + "/" + scope.name();
    }
}
