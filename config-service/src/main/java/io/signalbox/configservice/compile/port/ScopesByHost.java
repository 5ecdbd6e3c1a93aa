package io.signalbox.configservice.compile.port;

import io.signalbox.configservice.compile.callers.Scope;
import io.signalbox.configservice.compile.services.MeshService;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which of the restricting scopes may see a host at all: the others need not be looked at. */
public final class ScopesByHost {
    private final int port;
    private final Model model;
    private final Map<String, List<Scope>> known = new HashMap<>();

    ScopesByHost(int port, Model model) {
        this.port = port;
        this.model = model;
    }

    /** The scopes that may see any of the hosts. */
    public Collection<Scope> of(Collection<String> hosts) {
        if (model.restricting().isEmpty()) {
            return List.of();
        }
        Set<Scope> scopes = new LinkedHashSet<>();
        hosts.forEach(host -> scopes.addAll(of(host)));
        return scopes;
    }

    private List<Scope> of(String host) {
        return known.computeIfAbsent(
                host,
                _ -> model.rules().hosts().contains(host)
                        ? model.restricting()
                        : model.restricting().stream()
                                .filter(scope -> mayImport(scope, host))
                                .toList());
    }

    /** For a scope of every namespace the own namespace may be that of the service. */
    private boolean mayImport(Scope scope, String host) {
        for (MeshService service : model.services().withHost(host)) {
            String caller = scope.namespace().isEmpty() ? service.namespace() : scope.namespace();
            if (scope.imports(caller, service.namespace(), host, port)) {
                return true;
            }
        }
        return false;
    }
}
