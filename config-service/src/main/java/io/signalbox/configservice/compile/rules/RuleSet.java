package io.signalbox.configservice.compile.rules;

import io.signalbox.config.v1.L4Route;
import io.signalbox.config.v1.Route;
import io.signalbox.configservice.compile.backends.Destinations;
import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.callers.Visibility;
import io.signalbox.configservice.registry.ObjectMeta;
import io.signalbox.configservice.registry.ObjectRef;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Rules that count together for some hosts: those of one VirtualService, or the Gateway API's for one Service. */
public abstract class RuleSet {
    private static final Comparator<RuleSet> CREATION_ORDER = Comparator.comparing(
                    (RuleSet rules) -> rules.metadata.creationTimestamp())
            .thenComparing(rules -> rules.metadata.name())
            .thenComparing(rules -> rules.metadata.namespace())
            .thenComparing(rules -> rules.ref);

    private final ObjectRef ref;
    private final ObjectMeta metadata;
    private final Visibility visibility;
    private final List<String> hosts;

    /**
     * The rules of an object.
     *
     * @param hosts full names or wildcards, in the order of the declaration
     */
    protected RuleSet(ObjectRef ref, ObjectMeta metadata, Visibility visibility, List<String> hosts) {
        this.ref = ref;
        this.metadata = metadata;
        this.visibility = visibility;
        this.hosts = List.copyOf(hosts);
    }

    /** The object. */
    public final ObjectRef ref() {
        return ref;
    }

    /** Namespace of the object. */
    public final String namespace() {
        return metadata.namespace();
    }

    /** Whose callers the rules are for. */
    public final Visibility visibility() {
        return visibility;
    }

    /** Full names or wildcards. */
    public final List<String> hosts() {
        return hosts;
    }

    /** Namespaces for whose callers the rules are others than for the rest. */
    public final Set<String> mentions() {
        Set<String> mentions = new TreeSet<>(visibility.namespaces());
        mentions.addAll(sourceNamespaces());
        return mentions;
    }

    /** Whether a caller gets these rules on a port. */
    public final boolean isFor(Caller caller, int port) {
        return visibility.includes(caller.namespace())
                && (caller.scope() == null
                        || caller.scope().importsRule(caller.namespace(), metadata.namespace(), hosts, port));
    }

    /**
     * Who comes first for callers of a namespace: its own private rules, then those exported to it by name, then public
     * ones; the oldest of each.
     */
    public static Comparator<RuleSet> orderFor(String callerNamespace) {
        return Comparator.comparingInt((RuleSet rules) -> rules.remoteness(callerNamespace))
                .thenComparing(CREATION_ORDER);
    }

    private int remoteness(String callerNamespace) {
        if (visibility.everyone()) {
            return 2;
        }
        return metadata.namespace().equals(callerNamespace)
                        && visibility.namespaces().size() == 1
                ? 0
                : 1;
    }

    /** Full names of the hosts that its routes lead to. */
    public abstract Set<String> destinations();

    /** Namespaces that some static condition names. */
    public abstract Set<String> sourceNamespaces();

    /**
     * The routes for requests on a port, in order; those that can never count for callers of the namespace are left
     * out. Empty: for them there are no rules on the port.
     */
    public abstract List<Route> http(String callerNamespace, Destinations destinations);

    /** The routes for TLS by SNI on a port, one per SNI and subnet, in the operator's order, without service. */
    public abstract List<L4Route> tls(String callerNamespace, Destinations destinations);

    /** The routes for opaque bytes on a port, one per subnet, in the operator's order, without service. */
    public abstract List<L4Route> tcp(String callerNamespace, Destinations destinations);

    @Override
    public final String toString() {
        return ref.toString();
    }
}
