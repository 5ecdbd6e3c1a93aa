package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.LocalitySettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rules for locality settings of a load balancer. */
final class LocalityRules {
    private static final Set<String> TOPOLOGY_LABELS =
            Set.of("topology.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.istio.io/subzone");
    private static final int MAX_PARTS = 3;

    private final String path;
    private final Findings findings;

    LocalityRules(String path, Findings findings) {
        this.path = path;
        this.findings = findings;
    }

    void check(LocalitySettings settings, boolean hasOutlierDetection) {
        if (!settings.distribute().isEmpty() && !settings.failover().isEmpty()) {
            findings.error(path + ".failover", "stands beside distribute; keep one of them");
        }
        if (!settings.failover().isEmpty()) {
            settings.failoverPriority().stream()
                    .filter(TOPOLOGY_LABELS::contains)
                    .forEach(label -> findings.error(
                            path + ".failoverPriority", label + " stands beside failover; remove one of them"));
        }
        distribute(settings.distribute());
        failover(settings.failover());
        boolean fails =
                !settings.failover().isEmpty() || !settings.failoverPriority().isEmpty();
        if (fails && !hasOutlierDetection) {
            findings.warning(path, "needs outlierDetection beside loadBalancer: without it nothing fails over");
        }
    }

    private void distribute(List<LocalitySettings.Distribute> distribute) {
        List<String> sources = new ArrayList<>();
        for (int i = 0; i < distribute.size(); i++) {
            Map<String, Integer> to = distribute.get(i).to();
            String at = path + ".distribute[" + i + "]";
            sources.add(distribute.get(i).from());
            long sum = 0;
            for (Map.Entry<String, Integer> entry : to.entrySet()) {
                sum += entry.getValue();
                if (entry.getValue() < 1 || entry.getValue() > 100) {
                    findings.error(at + ".to[\"" + entry.getKey() + "\"]", entry.getValue() + " (expected: 1 to 100)");
                }
            }
            if (sum != 100) {
                findings.error(at + ".to", "adds up to " + sum + " (expected: 100)");
            }
            localities(to.keySet(), at + ".to");
        }
        localities(sources, path + ".distribute");
    }

    /** Localities of which none may lie within another. */
    private void localities(Collection<String> localities, String at) {
        List<String> before = new ArrayList<>();
        for (String locality : localities) {
            String[] parts = locality.split("/", MAX_PARTS);
            boolean wildcard = locality.indexOf('*') >= 0;
            if (wildcard && locality.indexOf('*') != locality.length() - 1) {
                findings.error(at, Names.quoted(locality) + " (expected: at most one *, at the end)");
            } else if (List.of(parts).contains("")) {
                findings.error(at, Names.quoted(locality) + " has an empty part (expected: region/zone/subzone)");
            } else {
                for (String other : before) {
                    if (isWithin(locality, other) || isWithin(other, locality)) {
                        findings.error(at, locality + " overlaps " + other + " (expected: each locality once)");
                    }
                }
                before.add(locality);
            }
        }
    }

    private static boolean isWithin(String locality, String outer) {
        String[] parts = locality.split("/", MAX_PARTS);
        String[] outerParts = outer.split("/", MAX_PARTS);
        for (int i = 0; i < outerParts.length; i++) {
            if (outerParts[i].equals("*")) {
                return true;
            }
            if (i >= parts.length || !parts[i].equals(outerParts[i])) {
                return false;
            }
        }
        return true;
    }

    private void failover(List<LocalitySettings.Failover> failover) {
        for (int i = 0; i < failover.size(); i++) {
            String from = failover.get(i).from();
            String to = failover.get(i).to();
            String at = path + ".failover[" + i + "]";
            if (from.equals(to)) {
                findings.error(at + ".to", Names.quoted(to) + " is the region itself (expected: another one)");
            }
            if ((from + to).contains("/") || (from + to).contains("*")) {
                findings.error(at, from + " to " + to + " (expected: regions, without / and *)");
            }
        }
    }
}
