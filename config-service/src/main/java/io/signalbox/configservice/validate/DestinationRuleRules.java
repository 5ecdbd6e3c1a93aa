package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.TrafficPolicy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules for DestinationRules; those of their policies stand in {@link TrafficPolicyRules}. */
final class DestinationRuleRules {
    private final DestinationRule rule;
    private final Findings findings;

    DestinationRuleRules(DestinationRule rule, Findings findings) {
        this.rule = rule;
        this.findings = findings;
    }

    void check() {
        findings.check("spec.host", Names.wildcardHost(rule.host()));
        policy(rule.trafficPolicy(), "spec.trafficPolicy");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < rule.subsets().size(); i++) {
            DestinationRule.Subset subset = rule.subsets().get(i);
            String path = "spec.subsets[" + i + "]";
            findings.check(path + ".name", Names.label(subset.name()));
            if (!names.add(subset.name())) {
                findings.error(path + ".name", subset.name() + " stands twice (expected: each subset once)");
            }
            Values.labels(subset.labels(), path + ".labels", findings);
            policy(subset.trafficPolicy(), path + ".trafficPolicy");
        }
        String namespace = rule.metadata().namespace();
        Values.exportTo(rule.exportTo(), namespace, "spec.exportTo", Values.Nobody.REFUSED, findings);
        Values.selector(rule.workloadSelector(), "matchLabels", findings);
        boolean leavesNamespace =
                rule.exportTo().stream().anyMatch(entry -> !entry.equals(".") && !entry.equals(namespace));
        if (rule.workloadSelector() != null && leavesNamespace) {
            findings.error(
                    "spec.exportTo",
                    String.join(", ", rule.exportTo())
                            + " (expected: . alone, since a workloadSelector selects workloads"
                            + " of the own namespace)");
        }
    }

    private void policy(@Nullable TrafficPolicy policy, String path) {
        if (policy == null) {
            return;
        }
        TrafficPolicyRules rules = new TrafficPolicyRules(path, rule.workloadSelector() != null, findings);
        rules.check(policy.loadBalancer(), policy.connectionPool(), policy.outlierDetection(), policy.tls());
        if (policy.retryBudget() != null) {
            Values.percentage(policy.retryBudget().percent(), path + ".retryBudget.percent", findings);
        }
        List<TrafficPolicy.PortPolicy> ports = policy.portLevelSettings();
        Set<Integer> numbers = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            TrafficPolicy.PortPolicy port = ports.get(i);
            String at = path + ".portLevelSettings[" + i + "]";
            Values.port(port.port(), at + ".port.number", findings);
            if (!numbers.add(port.port())) {
                findings.warning(at + ".port.number", port.port() + " stands twice; the first counts");
            }
            new TrafficPolicyRules(at, rule.workloadSelector() != null, findings)
                    .check(port.loadBalancer(), port.connectionPool(), port.outlierDetection(), port.tls());
        }
    }
}
