package io.signalbox.agent.config;

import io.signalbox.agent.model.AddressFrontend;
import io.signalbox.agent.model.Audience;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.BackendForCaller;
import io.signalbox.agent.model.Cidr;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.L4Route;
import io.signalbox.agent.model.Mirror;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.SniFrontend;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.model.WeightedBackend;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the resources of a port must be to each other: no name without its resource, nothing claimed twice. */
final class PortChecks {
    private final Map<String, VirtualHost> virtualHosts;
    private final Map<String, Backend> backends;

    private PortChecks(PortSnapshot snapshot) {
        this.virtualHosts = snapshot.virtualHosts();
        this.backends = snapshot.backends();
    }

    static void check(PortSnapshot snapshot) throws ContentException {
        PortChecks checks = new PortChecks(snapshot);
        checks.addresses(snapshot.addressFrontends());
        checks.snis(snapshot.sniFrontends());
        checks.hosts();
    }

    private record Range(Cidr cidr, Audience audience) {}

    private void addresses(List<AddressFrontend> frontends) throws ContentException {
        Set<Range> ranges = HashSet.newHashSet(frontends.size());
        for (AddressFrontend frontend : frontends) {
            String where = "address/" + frontend.cidr();
            if (!ranges.add(new Range(frontend.cidr(), frontend.audience()))) {
                throw ContentException.invalid(
                        where + ": stands twice for " + text(frontend.audience()) + " (expected: each range once)");
            }
            l4Routes(where, frontend.routes());
            requireVirtualHost(where + ": virtual_host", frontend.virtualHost());
        }
    }

    private void snis(List<SniFrontend> frontends) throws ContentException {
        Map<HostPattern, String> owners = new HashMap<>();
        for (SniFrontend frontend : frontends) {
            String where = "sni/" + frontend.name();
            owned(owners, where, frontend.hosts());
            l4Routes(where, frontend.routes());
        }
    }

    private void hosts() throws ContentException {
        Map<HostPattern, String> owners = new HashMap<>();
        for (VirtualHost virtualHost : virtualHosts.values()) {
            String where = "virtual-host/" + virtualHost.name();
            owned(owners, where, virtualHost.hosts());
            requireVirtualHost(where + ": otherwise", virtualHost.otherwise());
            requireEnd(where, virtualHost);
            for (int i = 0; i < virtualHost.routes().size(); i++) {
                route(where + ": routes[" + i + "]", virtualHost.routes().get(i));
            }
        }
    }

    private static void owned(Map<HostPattern, String> owners, String where, List<HostPattern> hosts)
            throws ContentException {
        for (HostPattern host : hosts) {
            String owner = owners.putIfAbsent(host, where);
            if (owner != null) {
                throw ContentException.invalid(where + ": hosts: '" + host.pattern() + "' for " + text(host.audience())
                        + " stands in " + owner + " too (expected: each once)");
            }
        }
    }

    private static String text(Audience audience) {
        if (audience.equals(Audience.EVERYONE)) {
            return "everyone";
        }
        return "namespace '" + audience.namespace() + "'"
                + (audience.scope().isEmpty() ? "" : " and scope '" + audience.scope() + "'");
    }

    private void requireEnd(String where, VirtualHost first) throws ContentException {
        if (first.otherwise() == null) {
            return;
        }
        Set<String> seen = new HashSet<>();
        VirtualHost next = first;
        while (next != null && next.otherwise() != null) {
            if (!seen.add(next.name())) {
                throw ContentException.invalid(where + ": otherwise: leads back to '" + next.name() + "'");
            }
            next = virtualHosts.get(next.otherwise());
        }
    }

    private void requireVirtualHost(String where, @Nullable String name) throws ContentException {
        if (name != null && !virtualHosts.containsKey(name)) {
            throw dangling(where, name);
        }
    }

    private void l4Routes(String where, List<L4Route> routes) throws ContentException {
        for (int i = 0; i < routes.size(); i++) {
            weighted(where + ": routes[" + i + "]", routes.get(i).backends());
        }
    }

    private void route(String where, Route route) throws ContentException {
        if (route.action() instanceof RouteAction.Forward forward) {
            weighted(where + ".forward", forward.backends());
            List<Mirror> mirrors = forward.mirrors();
            for (int i = 0; i < mirrors.size(); i++) {
                target(
                        where + ".forward.mirrors[" + i + "].destination",
                        mirrors.get(i).destination());
            }
        }
    }

    private void weighted(String where, List<WeightedBackend> targets) throws ContentException {
        for (int i = 0; i < targets.size(); i++) {
            target(where + ".backends[" + i + "]", targets.get(i));
        }
    }

    private void target(String where, WeightedBackend target) throws ContentException {
        requireBackend(where + ".backend", target.backend());
        for (BackendForCaller forCaller : target.forCallers()) {
            requireBackend(where + ".for_callers.backend", forCaller.backend());
        }
    }

    private void requireBackend(String where, @Nullable String name) throws ContentException {
        if (name != null && !backends.containsKey(name)) {
            throw dangling(where, name);
        }
    }

    private static ContentException dangling(String where, String name) {
        return ContentException.invalid(where + ": '" + name + "' is not in this snapshot");
    }
}
