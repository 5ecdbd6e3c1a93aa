package io.signalbox.agent.routing;

import io.signalbox.agent.model.AddressFrontend;
import io.signalbox.agent.model.Audience;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.L4Route;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.SniFrontend;
import io.signalbox.agent.model.VirtualHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Prepares a port snapshot for lookup: everything that a request would have to search for is looked up here, once. What
 * has not changed since the table before is taken from it.
 */
public final class PortTableBuilder {
    private final PortSnapshot snapshot;
    private final @Nullable PortTable previous;
    private final Slots backendSlots;
    private final Slots virtualHostSlots;

    private PortTableBuilder(PortSnapshot snapshot, @Nullable PortTable previous) {
        this.snapshot = snapshot;
        this.previous = previous;
        this.backendSlots = (previous == null ? Slots.EMPTY : previous.backendSlots())
                .next(snapshot.backends().keySet());
        this.virtualHostSlots = (previous == null ? Slots.EMPTY : previous.virtualHostSlots())
                .next(snapshot.virtualHosts().keySet());
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
     * @param previous the port's table before; null for a new port
     */
    public static PortTable build(
            PortSnapshot snapshot, Map<String, PreparedBackend> backends, @Nullable PortTable previous) {
        return new PortTableBuilder(snapshot, previous).build(backends);
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

    private PortTable build(Map<String, PreparedBackend> byName) {
        PreparedBackend[] backends = new PreparedBackend[backendSlots.capacity()];
        byName.forEach((name, backend) -> backends[backendSlots.of(name)] = backend);
        PortTable before = previous;
        if (before != null && isSame(before.snapshot().virtualHosts(), snapshot.virtualHosts()) && hasSameFrontends()) {
            return new PortTable(
                    snapshot,
                    backendSlots,
                    backends,
                    virtualHostSlots,
                    before.virtualHosts(),
                    before.snis(),
                    before.views());
        }
        PreparedSni[] snis = snapshot.sniFrontends().stream()
                .map(sni -> new PreparedSni(sni.name(), routes(sni.routes())))
                .toArray(PreparedSni[]::new);
        PortTable.Views views = before != null && hasSameFrontends() && hasSameHosts() ? before.views() : views();
        return new PortTable(snapshot, backendSlots, backends, virtualHostSlots, virtualHosts(), snis, views);
    }

    private boolean hasSameFrontends() {
        return previous != null
                && isSameList(previous.snapshot().addressFrontends(), snapshot.addressFrontends())
                && isSameList(previous.snapshot().sniFrontends(), snapshot.sniFrontends());
    }

    private static boolean isSameList(List<?> before, List<?> now) {
        if (isSame(before, now)) {
            return true;
        }
        if (before.size() != now.size()) {
            return false;
        }
        for (int i = 0; i < now.size(); i++) {
            if (!isSame(before.get(i), now.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether every name still means the same virtual host, though that may have other routes. */
    private boolean hasSameHosts() {
        if (previous == null || !isSame(previous.virtualHostSlots(), virtualHostSlots)) {
            return false;
        }
        Map<String, VirtualHost> before = previous.snapshot().virtualHosts();
        for (VirtualHost host : snapshot.virtualHosts().values()) {
            VirtualHost earlier = before.get(host.name());
            if (earlier == null || (!isSame(earlier, host) && !earlier.hosts().equals(host.hosts()))) {
                return false;
            }
        }
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // what did not change is shared; comparing would cost more than building
    private static boolean isSame(Object before, Object now) {
        return before == now;
    }

    private PreparedVirtualHost[] virtualHosts() {
        PreparedVirtualHost[] prepared = new PreparedVirtualHost[virtualHostSlots.capacity()];
        for (VirtualHost host : snapshot.virtualHosts().values()) {
            int slot = virtualHostSlots.of(host.name());
            PreparedVirtualHost before =
                    previous != null && slot < previous.virtualHosts().length ? previous.virtualHosts()[slot] : null;
            prepared[slot] = before != null && isSame(before.virtualHost(), host)
                    ? before
                    : new PreparedVirtualHost(host, backendSlots);
        }
        return prepared;
    }

    private List<PreparedL4Route> routes(List<L4Route> routes) {
        return routes.stream()
                .map(route -> new PreparedL4Route(route, new WeightedTargets(route.backends(), backendSlots)))
                .toList();
    }

    // ---- what each kind of caller sees ----------------------------------------------------------------------------

    /** What one audience alone is said. */
    private static final class Layer {
        static final Layer EMPTY = new Layer();

        final List<PreparedFrontend> frontends = new ArrayList<>();
        final Map<String, Integer> hosts = new HashMap<>();
        final Map<String, Integer> snis = new HashMap<>();
    }

    private record Tables(AddressTable addresses, NameTable hosts, NameTable snis) {
        static Tables of(Layer layer) {
            return new Tables(
                    layer.frontends.isEmpty() ? AddressTable.EMPTY : new AddressTable(layer.frontends),
                    layer.hosts.isEmpty() ? NameTable.EMPTY : new NameTable(layer.hosts),
                    layer.snis.isEmpty() ? NameTable.EMPTY : new NameTable(layer.snis));
        }

        CallerView over(Tables general) {
            return new CallerView(
                    addresses, general.addresses, new Names(hosts, general.hosts), new Names(snis, general.snis));
        }
    }

    private PortTable.Views views() {
        Map<Audience, Layer> layers = layers();
        Set<String> scopes = new HashSet<>();
        layers.keySet().forEach(audience -> scopes.add(audience.scope()));
        Tables nothing = Tables.of(Layer.EMPTY);
        Map<String, Tables> generals = new HashMap<>();
        Map<String, CallerView> general = new HashMap<>();
        for (String scope : scopes) {
            Tables tables = Tables.of(layers.getOrDefault(new Audience("", scope), Layer.EMPTY));
            generals.put(scope, tables);
            general.put(scope, nothing.over(tables));
        }
        Map<String, Map<String, CallerView>> particular = new HashMap<>();
        layers.forEach((audience, layer) -> {
            Tables below = generals.get(audience.scope());
            if (!audience.namespace().isEmpty() && below != null) {
                particular
                        .computeIfAbsent(audience.scope(), scope -> new HashMap<>())
                        .put(audience.namespace(), Tables.of(layer).over(below));
            }
        });
        return new PortTable.Views(particular, general);
    }

    private Map<Audience, Layer> layers() {
        Map<Audience, Layer> layers = new HashMap<>();
        for (AddressFrontend frontend : snapshot.addressFrontends()) {
            layer(layers, frontend.audience())
                    .frontends
                    .add(new PreparedFrontend(
                            frontend.cidr(),
                            frontend.service(),
                            frontend.protocol(),
                            frontend.podAddress(),
                            virtualHostSlots.of(frontend.virtualHost()),
                            routes(frontend.routes())));
        }
        for (VirtualHost host : snapshot.virtualHosts().values()) {
            int slot = virtualHostSlots.of(host.name());
            for (HostPattern pattern : host.hosts()) {
                layer(layers, pattern.audience()).hosts.put(pattern.pattern(), slot);
            }
        }
        int number = 0;
        for (SniFrontend sni : snapshot.sniFrontends()) {
            for (HostPattern pattern : sni.hosts()) {
                layer(layers, pattern.audience()).snis.put(pattern.pattern(), number);
            }
            number++;
        }
        return layers;
    }

    private static Layer layer(Map<Audience, Layer> layers, Audience audience) {
        return layers.computeIfAbsent(audience, a -> new Layer());
    }
}
