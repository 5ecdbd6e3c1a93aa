package io.signalbox.configservice.compile;

import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Provenance;
import io.signalbox.configservice.registry.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the rule that applies to a service: of the service's own namespace, else of the root namespace; in a namespace
 * the exact host before the longest wildcard, and of several rules for one host the oldest. Nothing is merged across
 * namespaces.
 *
 * <p>Rules in a caller's namespace would come before these; one backend for every caller cannot express that yet, so
 * such rules are reported instead.
 */
final class DestinationRules {
    /** Istio's root namespace: rules in it apply to every namespace. */
    static final String ROOT_NAMESPACE = "istio-system";

    private static final Comparator<DestinationRule> CREATION_ORDER = Comparator.comparing(
                    (DestinationRule rule) -> rule.metadata().creationTimestamp())
            .thenComparing(rule -> rule.metadata().name())
            .thenComparing(rule -> rule.metadata().namespace());

    /** The rules of one namespace by what they are for; of several for one host the oldest. */
    private record OfNamespace(Map<String, DestinationRule> exact, Map<String, DestinationRule> wildcard) {}

    private final String clusterDomain;
    private final List<DestinationRule> all;
    private final Map<String, OfNamespace> byNamespace = new HashMap<>();

    DestinationRules(Collection<DestinationRule> rules, String clusterDomain) {
        this.clusterDomain = clusterDomain;
        this.all = rules.stream().sorted(CREATION_ORDER).toList();
        for (DestinationRule rule : all) {
            if (rule.workloadSelector() == null) {
                OfNamespace ofNamespace = byNamespace.computeIfAbsent(
                        rule.metadata().namespace(), _ -> new OfNamespace(new HashMap<>(), new HashMap<>()));
                String host = rule.fullHost(clusterDomain);
                (host.startsWith("*") ? ofNamespace.wildcard() : ofNamespace.exact()).putIfAbsent(host, rule);
            }
        }
    }

    /** The rule in force for the service. */
    Optional<DestinationRule> ruleFor(Service service) {
        String host = service.hostName(clusterDomain);
        return best(service.metadata().namespace(), host).or(() -> best(ROOT_NAMESPACE, host));
    }

    private Optional<DestinationRule> best(String namespace, String host) {
        OfNamespace ofNamespace = byNamespace.get(namespace);
        if (ofNamespace == null) {
            return Optional.empty();
        }
        DestinationRule exact = ofNamespace.exact().get(host);
        if (exact != null) {
            return Optional.of(exact);
        }
        return ofNamespace.wildcard().entrySet().stream()
                .filter(entry -> covers(entry.getKey(), host))
                .max(Comparator.comparingInt(entry -> entry.getKey().length()))
                .map(Map.Entry::getValue);
    }

    /** Whether the pattern (a name, {@code *}, or {@code *.} and a suffix) means the host. */
    static boolean covers(String pattern, String host) {
        if (!pattern.startsWith("*")) {
            return pattern.equals(host);
        }
        String suffix = pattern.substring(1);
        return host.length() > suffix.length() && host.endsWith(suffix);
    }

    /** Findings about rules that do nothing, or less than they say. */
    List<Problem> problems(Collection<Service> services) {
        if (all.isEmpty()) {
            return List.of();
        }
        Map<String, Service> byHost = new HashMap<>();
        services.forEach(service -> byHost.put(service.hostName(clusterDomain), service));
        List<Problem> problems = new ArrayList<>();
        for (DestinationRule rule : all) {
            String pattern = rule.fullHost(clusterDomain);
            List<Service> covered = pattern.startsWith("*")
                    ? byHost.entrySet().stream()
                            .filter(entry -> covers(pattern, entry.getKey()))
                            .map(Map.Entry::getValue)
                            .toList()
                    : Optional.ofNullable(byHost.get(pattern)).stream().toList();
            problemOf(rule, covered).ifPresent(message -> problems.add(warning(rule.ref(), message)));
        }
        return problems;
    }

    private Optional<String> problemOf(DestinationRule rule, List<Service> covered) {
        if (covered.isEmpty()) {
            return Optional.of(rule.fullHost(clusterDomain) + " is no known service; the rule does nothing");
        }
        if (rule.workloadSelector() != null) {
            return Optional.of("rules with a workloadSelector are not applied yet");
        }
        if (covered.stream()
                .anyMatch(service -> ruleFor(service).filter(rule::equals).isPresent())) {
            return Optional.empty();
        }
        String namespace = rule.metadata().namespace();
        boolean counts = namespace.equals(ROOT_NAMESPACE)
                || covered.stream()
                        .anyMatch(service -> service.metadata().namespace().equals(namespace));
        return Optional.of(
                counts
                        ? "another rule for the same host comes first; this one does nothing"
                        : "the service is in another namespace: rules apply from the service's namespace or from "
                                + ROOT_NAMESPACE + ", those of a caller's namespace not yet");
    }

    private static Problem warning(ObjectRef ref, String message) {
        return new Problem(Problem.Severity.WARNING, Provenance.UNKNOWN, ref, "spec.host", message);
    }
}
