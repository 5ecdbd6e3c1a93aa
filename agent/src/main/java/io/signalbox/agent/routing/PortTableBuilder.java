package io.signalbox.agent.routing;

import io.signalbox.agent.model.AddressFrontend;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.RuleRef;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.model.WeightedBackend;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Prepares a port snapshot for lookup: everything that a request would have to search for is looked up here, once. */
public final class PortTableBuilder {
    private final PortSnapshot snapshot;
    private final Map<String, PreparedBackend> backends;

    private PortTableBuilder(PortSnapshot snapshot, Map<String, PreparedBackend> backends) {
        this.snapshot = snapshot;
        this.backends = backends;
    }

    /** Names of backends are unique in their port only; keys are unique over all. */
    public static String backendKey(int port, String backendName) {
        return port + "/" + backendName;
    }

    /**
     * Builds the table of one port.
     *
     * @param snapshot complete: what routes name is there
     * @param backends by backend name, one for each backend of the snapshot
     */
    public static PortTable build(PortSnapshot snapshot, Map<String, PreparedBackend> backends) {
        return new PortTableBuilder(snapshot, backends).build();
    }

    /**
     * The backends of a port, prepared. One that has not changed is the same object as before.
     *
     * @param previous by name, of the port's snapshot before; empty for a new port
     * @param generation greater than that of every call before
     */
    public static Map<String, PreparedBackend> prepareBackends(
            PortSnapshot snapshot, Map<String, PreparedBackend> previous, long generation) {
        Map<String, PreparedBackend> prepared =
                HashMap.newHashMap(snapshot.backends().size());
        for (Backend backend : snapshot.backends().values()) {
            PreparedBackend before = previous.get(backend.name());
            prepared.put(
                    backend.name(),
                    before != null && before.backend().equals(backend)
                            ? before
                            : new PreparedBackend(backendKey(snapshot.port(), backend.name()), generation, backend));
        }
        return Map.copyOf(prepared);
    }

    private PortTable build() {
        Map<String, PreparedVirtualHost> virtualHosts = new HashMap<>();
        Map<String, PreparedVirtualHost> forAll = new HashMap<>();
        Map<String, Map<String, PreparedVirtualHost>> byNamespace = new HashMap<>();
        for (VirtualHost host : snapshot.virtualHosts().values()) {
            PreparedVirtualHost prepared = new PreparedVirtualHost(
                    host.service(), host.routes().stream().map(this::prepare).toList());
            virtualHosts.put(host.name(), prepared);
            for (HostPattern pattern : host.hosts()) {
                Map<String, PreparedVirtualHost> patterns =
                        pattern.audience().namespace().isEmpty()
                                ? forAll
                                : byNamespace.computeIfAbsent(pattern.audience().namespace(), n -> new HashMap<>());
                patterns.put(pattern.pattern(), prepared);
            }
        }
        Map<InetAddress, PreparedFrontend> exact = new HashMap<>();
        List<PreparedFrontend> ranges = new ArrayList<>();
        for (AddressFrontend frontend : snapshot.addressFrontends()) {
            PreparedFrontend prepared = prepare(frontend, virtualHosts);
            if (frontend.cidr().isExact()) {
                exact.put(frontend.cidr().address(), prepared);
            } else {
                ranges.add(prepared);
            }
        }
        ranges.sort(Comparator.comparingInt((PreparedFrontend f) -> f.cidr().prefixLength())
                .reversed());
        Map<String, HostTable> namespaceTables = new HashMap<>();
        byNamespace.forEach((namespace, patterns) -> namespaceTables.put(namespace, new HostTable(patterns)));
        return new PortTable(
                snapshot.port(),
                snapshot.version(),
                exact,
                ranges,
                forAll.isEmpty() ? HostTable.EMPTY : new HostTable(forAll),
                namespaceTables);
    }

    private PreparedFrontend prepare(AddressFrontend frontend, Map<String, PreparedVirtualHost> virtualHosts) {
        String name = frontend.virtualHost();
        return new PreparedFrontend(
                frontend.cidr(),
                frontend.service(),
                frontend.protocol(),
                route(frontend.routes().get(0).rule(), frontend.routes().get(0).backends()),
                name == null ? null : Objects.requireNonNull(virtualHosts.get(name), name));
    }

    private PreparedRoute prepare(Route route) {
        return switch (route.action()) {
            case RouteAction.Forward forward -> route(route.rule(), forward.backends());
            case RouteAction.Redirect redirect -> throw new IllegalStateException("redirect");
            case RouteAction.DirectResponse response -> throw new IllegalStateException("direct response");
        };
    }

    private PreparedRoute route(@Nullable RuleRef rule, List<WeightedBackend> targets) {
        return new PreparedRoute(
                rule,
                targets.stream()
                        .map(target -> Objects.requireNonNull(backends.get(target.backend())))
                        .toList(),
                targets.stream().map(WeightedBackend::weight).toList());
    }
}
