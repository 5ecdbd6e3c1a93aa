package io.signalbox.configservice.compile.http;

import io.signalbox.config.v1.HostPattern;
import io.signalbox.configservice.compile.callers.Answers;
import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.hosts.NameForms;
import io.signalbox.configservice.compile.port.Findings;
import io.signalbox.configservice.compile.port.PortContext;
import io.signalbox.configservice.compile.rules.RuleSet;
import io.signalbox.configservice.compile.services.Alias;
import io.signalbox.configservice.compile.services.MeshService;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * All who claim one Host value on one port. For each caller one of them owns it: hosts with rules come before those
 * without, in the order of the rules; then the oldest service. A generated short form yields to a service with that
 * very name.
 */
final class PatternClaims {
    /** As the contract orders the Host values of a virtual host. */
    static final Comparator<HostPattern> ORDER = Comparator.comparing(HostPattern::getPattern)
            .thenComparing(host -> host.getAudience().getNamespace())
            .thenComparing(host -> host.getAudience().getScope());

    /**
     * One claim.
     *
     * @param view the host that claims it
     * @param namespace of the callers for whom it does; empty: all
     * @param generated whether it is a shortened form
     * @param alias through which it does; null: by its own name or address
     * @param only the service of the host that claims it; null: whichever the caller means
     */
    record Claim(
            HostView view,
            String namespace,
            boolean generated,
            @Nullable Alias alias,
            @Nullable MeshService only) {
        static Claim of(HostView view, NameForms.Form form, @Nullable Alias alias) {
            return new Claim(view, form.namespace(), form.generated(), alias, null);
        }
    }

    private record Candidate(
            HostView.Variant variant, @Nullable RuleSet rules, int creationIndex) {}

    private final String pattern;
    private final PortContext context;
    private final HttpCallers httpCallers;
    private final List<Claim> general = new ArrayList<>(1);
    private final Map<String, List<Claim>> byNamespace = new HashMap<>(2);

    PatternClaims(String pattern, PortContext context, HttpCallers httpCallers) {
        this.pattern = pattern;
        this.context = context;
        this.httpCallers = httpCallers;
    }

    void add(Claim claim) {
        (claim.namespace.isEmpty() ? general : byNamespace.computeIfAbsent(claim.namespace, _ -> new ArrayList<>(1)))
                .add(claim);
    }

    /** One of the hosts that claim it. */
    String firstHost() {
        return (general.isEmpty() ? byNamespace.values().iterator().next() : general)
                .getFirst()
                .view()
                .host();
    }

    /**
     * Who owns the value, by caller.
     *
     * @param isFullName whether a pattern is the very name of a service that a caller sees
     */
    Map<Caller, HostView.@Nullable Variant> owners(BiPredicate<String, Caller> isFullName) {
        Set<String> namespaces = new TreeSet<>(byNamespace.keySet());
        namespaces.addAll(httpCallers.mentions());
        Set<String> hosts = new LinkedHashSet<>();
        byNamespace.values().forEach(claims -> claims.forEach(claim -> hosts.add(claim.view.host())));
        for (Claim claim : general) {
            hosts.add(claim.view.host());
            namespaces.addAll(claim.view.mentions());
            if (claim.alias != null) {
                namespaces.addAll(claim.alias.visibility().namespaces());
            }
        }
        return Answers.of(context.callers(hosts, namespaces), caller -> owner(caller, isFullName));
    }

    /** Tells the services that claim the value for everyone and do not get it. */
    void reportLosers(Map<Caller, HostView.@Nullable Variant> owners, Findings findings) {
        HostView.Variant owner = owners.get(Caller.ANY);
        if (owner == null || general.size() < 2) {
            return;
        }
        for (Claim claim : general) {
            HostView.Variant loser = claim.view.variant(Caller.ANY);
            if (loser == null || loser.name().equals(owner.name())) {
                continue;
            }
            MeshService service = loser.content().service();
            if (service != null && (claim.only == null || claim.only == service)) {
                findings.warn(
                        claim.alias == null
                                ? service.ref()
                                : claim.alias.service().ref(),
                        "metadata.name",
                        "Host " + pattern + " on port " + context.port() + " means "
                                + owner.content().owner() + "; this one keeps its other names");
            }
        }
    }

    private HostView.@Nullable Variant owner(Caller caller, BiPredicate<String, Caller> isFullName) {
        if (!httpCallers.contains(caller)) {
            return null;
        }
        Comparator<Candidate> order = Comparator.comparing(
                        Candidate::rules, Comparator.nullsLast(RuleSet.orderFor(caller.namespace())))
                .thenComparingInt(Candidate::creationIndex);
        Candidate best = null;
        for (List<Claim> claims : List.of(general, byNamespace.getOrDefault(caller.namespace(), List.of()))) {
            for (Claim claim : claims) {
                Candidate candidate = candidate(claim, caller, isFullName);
                if (candidate != null && (best == null || order.compare(candidate, best) < 0)) {
                    best = candidate;
                }
            }
        }
        return best == null ? null : best.variant;
    }

    private @Nullable Candidate candidate(Claim claim, Caller caller, BiPredicate<String, Caller> isFullName) {
        HostView.Variant variant = claim.view.variant(caller);
        if (variant == null
                || (claim.generated && isFullName.test(pattern, caller))
                || (claim.alias != null
                        && (variant.content().service() == null || !claim.alias.isSeenBy(caller, context.port())))) {
            return null;
        }
        MeshService service = variant.content().service();
        if ((service == null && !pattern.equals(claim.view.host())) || (claim.only != null && claim.only != service)) {
            return null;
        }
        RuleSet rules = variant.content().chain().isEmpty()
                ? null
                : variant.content().chain().getFirst().rules();
        return new Candidate(
                variant,
                rules,
                service == null ? -1 : context.model().services().creationIndex(service));
    }
}
