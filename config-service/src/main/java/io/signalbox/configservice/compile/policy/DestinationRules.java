package io.signalbox.configservice.compile.policy;

import io.signalbox.configservice.compile.hosts.Hosts;
import io.signalbox.configservice.registry.DestinationRule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rule for a caller and a service: in the caller's namespace, else in the service's, else in the root
 * namespace. The first with a rule for the host wins whole; in it the exact host before the longest wildcard.
 */
public final class DestinationRules {
    /** Istio's root namespace: rules in it apply to every namespace. */
    public static final String ROOT_NAMESPACE = "istio-system";

    private static final Comparator<DestinationRule> CREATION_ORDER = Comparator.comparing(
                    (DestinationRule rule) -> rule.metadata().creationTimestamp())
            .thenComparing(rule -> rule.metadata().name())
            .thenComparing(rule -> rule.metadata().namespace());

    /**
     * What some callers of a namespace get.
     *
     * @param labels that they have; empty: all callers for whom no choice before this one is
     * @param rule null: none
     */
    public record Choice(
            Map<String, String> labels, @Nullable MergedRule rule) {}

    private static final List<Choice> NO_RULE = List.of(new Choice(Map.of(), null));

    private final String clusterDomain;
    /** By host as the rules name it, then by namespace. */
    private final Map<String, Map<String, List<MergedRule>>> byHost = new HashMap<>();

    /** The rules of a registry. */
    public DestinationRules(Collection<DestinationRule> rules, String clusterDomain) {
        this.clusterDomain = clusterDomain;
        rules.stream().sorted(CREATION_ORDER).forEach(this::add);
    }

    private void add(DestinationRule rule) {
        List<MergedRule> known = byHost.computeIfAbsent(rule.fullHost(clusterDomain), _ -> new HashMap<>(2))
                .computeIfAbsent(rule.metadata().namespace(), _ -> new ArrayList<>(1));
        for (MergedRule merged : known) {
            if (merged.takes(rule)) {
                merged.add(rule);
                return;
            }
        }
        known.add(new MergedRule(rule));
    }

    /** Namespaces whose callers may get another rule for the service than others do. */
    public Set<String> mentions(String host, String serviceNamespace) {
        Set<String> mentions = null;
        for (String pattern : patterns(host)) {
            Map<String, List<MergedRule>> byNamespace = byHost.get(pattern);
            if (byNamespace == null) {
                continue;
            }
            for (Map.Entry<String, List<MergedRule>> entry : byNamespace.entrySet()) {
                boolean sameForAll = (entry.getKey().equals(serviceNamespace)
                                || entry.getKey().equals(ROOT_NAMESPACE))
                        && entry.getValue().size() == 1
                        && entry.getValue().getFirst().visibility().everyone();
                if (!sameForAll || entry.getKey().equals(ROOT_NAMESPACE)) {
                    mentions = mentions == null ? new TreeSet<>() : mentions;
                    mentions.add(entry.getKey());
                    for (MergedRule rule : entry.getValue()) {
                        mentions.addAll(rule.visibility().namespaces());
                    }
                }
            }
        }
        return mentions == null ? Set.of() : mentions;
    }

    /**
     * The rules for callers of a namespace: the first choice that fits a caller's labels is its rule; the last fits
     * all.
     *
     * @param callerNamespace empty: any that nothing names
     */
    public List<Choice> choices(String host, String serviceNamespace, String callerNamespace) {
        List<String> patterns = patterns(host);
        List<MergedRule> own = best(patterns, callerNamespace, _ -> true);
        if (own != null) {
            return choices(own);
        }
        Set<String> others = new LinkedHashSet<>(List.of(serviceNamespace, ROOT_NAMESPACE));
        for (String namespace : others) {
            List<MergedRule> found =
                    best(patterns, namespace, rule -> rule.visibility().includes(callerNamespace));
            if (found != null) {
                return choices(found);
            }
        }
        return NO_RULE;
    }

    private static List<Choice> choices(List<MergedRule> rules) {
        List<Choice> choices = new ArrayList<>();
        MergedRule general = null;
        for (MergedRule rule : rules) {
            if (!rule.labels().isEmpty()) {
                choices.add(new Choice(rule.labels(), rule));
            } else if (general == null) {
                general = rule;
            }
        }
        choices.add(new Choice(Map.of(), general));
        return choices;
    }

    private @Nullable List<MergedRule> best(List<String> patterns, String namespace, Predicate<MergedRule> isSeen) {
        for (String pattern : patterns) {
            Map<String, List<MergedRule>> byNamespace = byHost.get(pattern);
            List<MergedRule> rules = byNamespace == null ? null : byNamespace.get(namespace);
            if (rules != null) {
                List<MergedRule> seen = rules.stream().filter(isSeen).toList();
                if (!seen.isEmpty()) {
                    return seen;
                }
            }
        }
        return null;
    }

    private static List<String> patterns(String host) {
        List<String> patterns = new ArrayList<>();
        patterns.add(host);
        patterns.addAll(Hosts.wildcardsOver(host));
        return patterns;
    }

    /** All rules, as they were merged. */
    public List<MergedRule> all() {
        return byHost.values().stream()
                .flatMap(byNamespace -> byNamespace.values().stream())
                .flatMap(List::stream)
                .toList();
    }
}
