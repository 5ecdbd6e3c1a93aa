package io.signalbox.configservice.compile.review;

import io.signalbox.configservice.compile.hosts.Hosts;
import io.signalbox.configservice.compile.policy.DestinationRules;
import io.signalbox.configservice.compile.policy.MergedRule;
import io.signalbox.configservice.compile.port.Findings;
import io.signalbox.configservice.compile.port.Model;
import io.signalbox.configservice.compile.services.Alias;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.registry.ClientTls;
import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.TrafficPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** DestinationRules: those that never apply, or not as they read. */
final class PolicyReview {
    private final Model model;
    private final Findings findings;

    PolicyReview(Model model, Findings findings) {
        this.model = model;
        this.findings = findings;
    }

    void review() {
        for (MergedRule merged : model.policies().all()) {
            List<MeshService> covered = covered(merged.first());
            reviewUse(merged, covered);
            merged.rules().stream().skip(1).forEach(younger -> reviewMerged(younger, merged));
            for (DestinationRule rule : merged.rules()) {
                reviewPolicy(rule, rule.trafficPolicy(), "spec.trafficPolicy", covered);
                for (int i = 0; i < rule.subsets().size(); i++) {
                    reviewPolicy(
                            rule,
                            rule.subsets().get(i).trafficPolicy(),
                            "spec.subsets[" + i + "].trafficPolicy",
                            covered);
                }
            }
        }
    }

    private List<MeshService> covered(DestinationRule rule) {
        String host = rule.fullHost(model.services().clusterDomain());
        if (!Hosts.isWildcard(host)) {
            return model.services().withHost(host);
        }
        return model.services().all().stream()
                .filter(service -> Hosts.covers(host, service.host()))
                .toList();
    }

    private void reviewUse(MergedRule merged, List<MeshService> covered) {
        DestinationRule rule = merged.first();
        String host = rule.fullHost(model.services().clusterDomain());
        String namespace = rule.metadata().namespace();
        if (covered.isEmpty()) {
            Alias alias = model.services().alias(host);
            findings.warn(
                    rule.ref(),
                    "spec.host",
                    alias != null
                            ? host + " is another name for " + alias.service().externalName()
                                    + "; the rule has no effect. Write it for that host"
                            : host + " is no known service; the rule does nothing"
                                    + (host.equals(rule.host())
                                            ? ""
                                            : ". A short name means a service in " + namespace));
            return;
        }
        boolean isUsed = covered.stream()
                .anyMatch(service -> model.policies().choices(service.host(), service.namespace(), namespace).stream()
                        .anyMatch(choice -> choice.rule() == merged));
        if (!isUsed) {
            findings.warn(rule.ref(), "spec.host", "another rule for the same host comes first; this one does nothing");
            return;
        }
        boolean third = !namespace.equals(DestinationRules.ROOT_NAMESPACE)
                && covered.stream().noneMatch(service -> service.namespace().equals(namespace));
        if (third && merged.labels().isEmpty()) {
            findings.inform(
                    rule.ref(),
                    "metadata.namespace",
                    "counts for callers of " + namespace + " alone, since the service is in "
                            + covered.getFirst().namespace()
                            + "; a rule for every caller stands in the service's namespace");
        }
    }

    private void reviewMerged(DestinationRule younger, MergedRule merged) {
        String older = merged.first().metadata().namespace() + "/"
                + merged.first().metadata().name();
        boolean policyLost = younger.trafficPolicy() != null
                && merged.rules().stream()
                        .takeWhile(rule -> !rule.equals(younger))
                        .anyMatch(rule -> rule.trafficPolicy() != null);
        if (policyLost) {
            findings.warn(
                    younger.ref(),
                    "spec.trafficPolicy",
                    "is not used: the older rule " + older + " for the same host has one; join the two");
        }
        for (int i = 0; i < younger.subsets().size(); i++) {
            DestinationRule.Subset subset = younger.subsets().get(i);
            if (!subset.equals(merged.subset(subset.name()))) {
                findings.warn(
                        younger.ref(),
                        "spec.subsets[" + i + "].name",
                        subset.name() + " is a subset of an older rule for the same host, such as " + older
                                + ", already; that one counts. Give this one another name");
            }
        }
    }

    private void reviewPolicy(
            DestinationRule rule, @Nullable TrafficPolicy policy, String path, List<MeshService> covered) {
        if (policy == null) {
            return;
        }
        reviewTls(rule, policy.tls(), path);
        for (int i = 0; i < policy.portLevelSettings().size(); i++) {
            TrafficPolicy.PortPolicy port = policy.portLevelSettings().get(i);
            String at = path + ".portLevelSettings[" + i + "]";
            reviewTls(rule, port.tls(), at);
            if (!covered.isEmpty() && covered.stream().allMatch(service -> service.port(port.port()) == null)) {
                findings.warn(
                        rule.ref(), at + ".port.number", "the service has no port " + port.port() + "; no effect");
            }
        }
    }

    private void reviewTls(DestinationRule rule, @Nullable ClientTls tls, String path) {
        if (tls != null && tls.mode() == ClientTls.Mode.ISTIO_MUTUAL) {
            findings.warn(
                    rule.ref(),
                    path + ".tls.mode",
                    "ISTIO_MUTUAL needs workload certificates, which there are none of: connections fail. Use MUTUAL with"
                            + " files, or DISABLE");
        }
    }
}
