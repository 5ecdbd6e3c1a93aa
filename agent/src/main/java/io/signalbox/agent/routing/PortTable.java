package io.signalbox.agent.routing;

import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Version;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A port snapshot prepared for lookup. Immutable; built by {@link PortTableBuilder}. */
public final class PortTable {
    private final PortSnapshot snapshot;
    private final Slots backendSlots;
    private final PreparedBackend[] backends;
    private final Slots virtualHostSlots;
    private final PreparedVirtualHost[] virtualHosts;
    private final PreparedSni[] snis;
    private final Views views;

    /**
     * The views of callers, by name of their restricting scope (empty: none), then by namespace.
     *
     * @param particular for callers of namespaces of which anything is said
     * @param general for callers of all others
     */
    record Views(Map<String, Map<String, CallerView>> particular, Map<String, CallerView> general) {}

    PortTable(
            PortSnapshot snapshot,
            Slots backendSlots,
            PreparedBackend[] backends,
            Slots virtualHostSlots,
            PreparedVirtualHost[] virtualHosts,
            PreparedSni[] snis,
            Views views) {
        this.snapshot = snapshot;
        this.backendSlots = backendSlots;
        this.backends = backends;
        this.virtualHostSlots = virtualHostSlots;
        this.virtualHosts = virtualHosts;
        this.snis = snis;
        this.views = views;
    }

    /** The port that this table is for. */
    public int port() {
        return snapshot.port();
    }

    /** Version of the port snapshot. */
    public Version version() {
        return snapshot.version();
    }

    /** What this table was built from. */
    public PortSnapshot snapshot() {
        return snapshot;
    }

    /** The backend that a target means for a caller; null when its destination is not known. */
    public @Nullable PreparedBackend backend(PreparedTarget target, Caller caller) {
        int slot = target.slot(caller);
        return slot == Slots.NONE ? null : backends[slot];
    }

    PreparedVirtualHost virtualHost(int slot) {
        return virtualHosts[slot];
    }

    /** The virtual host that stands in for another; null when there is none. */
    @Nullable
    PreparedVirtualHost otherwise(PreparedVirtualHost host) {
        int slot = virtualHostSlots.of(host.virtualHost().otherwise());
        return slot == Slots.NONE ? null : virtualHosts[slot];
    }

    PreparedSni sni(int number) {
        return snis[number];
    }

    CallerView view(Caller caller) {
        Map<String, CallerView> ofScope = views.particular().get(caller.scope());
        CallerView view = ofScope == null ? null : ofScope.get(caller.namespace());
        return view == null ? views.general().getOrDefault(caller.scope(), CallerView.EMPTY) : view;
    }

    Set<String> namespacesThatKnow(CharSequence authority, int to) {
        Set<String> namespaces = new TreeSet<>();
        for (Map<String, CallerView> ofScope : views.particular().values()) {
            ofScope.forEach((namespace, view) -> {
                if (view.hosts().own().exact(authority, to) != NameTable.NONE) {
                    namespaces.add(namespace);
                }
            });
        }
        return namespaces;
    }

    Slots backendSlots() {
        return backendSlots;
    }

    Slots virtualHostSlots() {
        return virtualHostSlots;
    }

    PreparedVirtualHost[] virtualHosts() {
        return virtualHosts;
    }

    PreparedSni[] snis() {
        return snis;
    }

    Views views() {
        return views;
    }
}
