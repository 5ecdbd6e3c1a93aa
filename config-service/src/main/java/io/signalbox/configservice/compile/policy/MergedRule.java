package io.signalbox.configservice.compile.policy;

import io.signalbox.configservice.compile.callers.Visibility;
import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.TrafficPolicy;
import io.signalbox.configservice.registry.WorkloadSelector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * DestinationRules of one namespace, host, visibility and selector as one: the first traffic policy stays whole, and of
 * several subsets with one name the first. Each is only equal to itself.
 */
public final class MergedRule {
    private final List<DestinationRule> rules = new ArrayList<>(1);
    private final Visibility visibility;
    private final Map<String, DestinationRule.Subset> subsets = new LinkedHashMap<>();
    private @Nullable TrafficPolicy policy;

    MergedRule(DestinationRule oldest) {
        visibility = visibility(oldest);
        add(oldest);
    }

    static Visibility visibility(DestinationRule rule) {
        String own = rule.metadata().namespace();
        return rule.workloadSelector() == null ? Visibility.of(rule.exportTo(), own) : Visibility.of(own);
    }

    boolean takes(DestinationRule rule) {
        return visibility(rule).equals(visibility) && labels(rule).equals(labels());
    }

    void add(DestinationRule rule) {
        rules.add(rule);
        rule.subsets().forEach(subset -> subsets.putIfAbsent(subset.name(), subset));
        if (policy == null) {
            policy = rule.trafficPolicy();
        }
    }

    /** The oldest of the rules, which gives its name to all. */
    public DestinationRule first() {
        return rules.getFirst();
    }

    /** All rules in it, oldest first. */
    public List<DestinationRule> rules() {
        return rules;
    }

    /** Whose callers it is for. */
    public Visibility visibility() {
        return visibility;
    }

    /** Labels that a caller must have; empty: none in particular. */
    public Map<String, String> labels() {
        return labels(rules.getFirst());
    }

    private static Map<String, String> labels(DestinationRule rule) {
        WorkloadSelector selector = rule.workloadSelector();
        return selector == null ? Map.of() : selector.labels();
    }

    /** The subset with this name; null when there is none. */
    public DestinationRule.@Nullable Subset subset(String name) {
        return subsets.get(name);
    }

    /** Whether an endpoint is chosen by peak EWMA where no policy names a balancer. */
    public boolean peakEwma() {
        return rules.stream().anyMatch(DestinationRule::peakEwma);
    }

    /** What holds for one port and subset, by precedence. */
    public EffectivePolicy effective(int port, String subset) {
        EffectivePolicy general = EffectivePolicy.of(policy, port);
        DestinationRule.Subset chosen = subsets.get(subset);
        return chosen == null ? general : general.under(chosen.trafficPolicy(), port);
    }
}
