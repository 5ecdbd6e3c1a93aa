package io.signalbox.configservice.compile;

import io.signalbox.configservice.compile.callers.Scope;
import io.signalbox.configservice.compile.gateway.MeshRoutes;
import io.signalbox.configservice.compile.policy.DestinationRules;
import io.signalbox.configservice.compile.port.Model;
import io.signalbox.configservice.compile.rules.RuleSet;
import io.signalbox.configservice.compile.rules.RuleTable;
import io.signalbox.configservice.compile.rules.VirtualServiceRules;
import io.signalbox.configservice.compile.services.ServiceTable;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.Sidecar;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the model out of a registry. */
final class ModelReader {
    /** Those with labels before those without, those of a namespace before those for all, then the oldest. */
    private static final Comparator<Scope> SCOPE_ORDER = Comparator.comparing(
                    (Scope scope) -> scope.labels().isEmpty())
            .thenComparing(scope -> scope.namespace().isEmpty())
            .thenComparing(scope -> scope.sidecar().metadata().creationTimestamp())
            .thenComparing(Scope::name);

    private ModelReader() {}

    static Model read(Registry registry, String clusterDomain, @Nullable Model previous) {
        List<Scope> scopes = new ArrayList<>();
        for (Sidecar sidecar : registry.sidecars().values()) {
            boolean forAll = sidecar.metadata().namespace().equals(DestinationRules.ROOT_NAMESPACE)
                    && sidecar.workloadSelector() == null;
            scopes.add(new Scope(sidecar, forAll ? "" : sidecar.metadata().namespace()));
        }
        scopes.sort(SCOPE_ORDER);
        List<Scope> restricting = scopes.stream().filter(Scope::restricts).toList();
        ServiceTable services =
                new ServiceTable(registry, clusterDomain, restricting, previous == null ? null : previous.services());
        MeshRoutes routes = new MeshRoutes(registry, services);
        List<RuleSet> rules = new ArrayList<>(VirtualServiceRules.of(registry, clusterDomain));
        rules.addAll(routes.rules());
        return new Model(
                services,
                new RuleTable(rules),
                new DestinationRules(registry.destinationRules().values(), clusterDomain),
                routes.statuses(),
                List.copyOf(scopes),
                restricting);
    }
}
