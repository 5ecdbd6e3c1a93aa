package io.signalbox.configservice.compile.rules;

import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.hosts.Hosts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** All rules by the hosts that they are for. Immutable. */
public final class RuleTable {
    private final Map<String, List<RuleSet>> byHost = new HashMap<>();
    private final List<RuleSet> all;

    /** A table of these. */
    public RuleTable(Collection<RuleSet> rules) {
        all = List.copyOf(rules);
        for (RuleSet set : all) {
            for (String host : new LinkedHashSet<>(set.hosts())) {
                byHost.computeIfAbsent(host, _ -> new ArrayList<>(1)).add(set);
            }
        }
    }

    /** All rules. */
    public List<RuleSet> all() {
        return all;
    }

    /** Every host that some rules name as it is: full names and wildcards. */
    public Set<String> hosts() {
        return Collections.unmodifiableSet(byHost.keySet());
    }

    /** Namespaces whose callers may have other rules for the host than others do. */
    public Set<String> mentions(String host) {
        Set<String> mentions = null;
        for (RuleSet rules : over(host)) {
            Set<String> own = rules.mentions();
            if (!own.isEmpty()) {
                mentions = mentions == null ? new TreeSet<>() : mentions;
                mentions.addAll(own);
            }
        }
        return mentions == null ? Set.of() : mentions;
    }

    /** The rules for a caller that name the host itself, in their order. */
    public List<RuleSet> exactly(String host, Caller caller, int port) {
        return ordered(byHost.getOrDefault(host, List.of()), caller, port);
    }

    /** The rules for a caller that count for the host: the exact name first, then the longest wildcard. */
    public List<RuleSet> bySpecificity(String host, Caller caller, int port) {
        List<RuleSet> found = new ArrayList<>(exactly(host, caller, port));
        for (String wildcard : Hosts.wildcardsOver(host)) {
            List<RuleSet> rules = byHost.get(wildcard);
            if (rules != null) {
                found.addAll(ordered(rules, caller, port));
            }
        }
        return found;
    }

    /** All rules for a caller whose hosts take the host in, in their order. */
    public List<RuleSet> inOrder(String host, Caller caller, int port) {
        return ordered(over(host), caller, port);
    }

    /** All rules whose hosts take the host in. */
    public List<RuleSet> over(String host) {
        Set<RuleSet> found = new LinkedHashSet<>(byHost.getOrDefault(host, List.of()));
        for (String wildcard : Hosts.wildcardsOver(host)) {
            found.addAll(byHost.getOrDefault(wildcard, List.of()));
        }
        return List.copyOf(found);
    }

    private static List<RuleSet> ordered(List<RuleSet> rules, Caller caller, int port) {
        if (rules.isEmpty()) {
            return List.of();
        }
        return rules.stream()
                .filter(set -> set.isFor(caller, port))
                .sorted(RuleSet.orderFor(caller.namespace()))
                .toList();
    }
}
