package io.signalbox.agent.config;

import io.signalbox.agent.config.HeldResource.Content;
import io.signalbox.agent.model.AddressFrontend;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.Cidr;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.model.WeightedBackend;
import io.signalbox.config.v1.PortDelta;
import io.signalbox.config.v1.Resource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the agent holds of one port. Immutable: an update makes a new one or fails, so a refused update leaves no trace.
 *
 * @param snapshot the decoded value
 * @param resources all resources, ordered by name
 */
record HeldPortContent(PortSnapshot snapshot, NavigableMap<String, HeldResource> resources) {
    /** Takes a port snapshot that was sent whole. */
    static HeldPortContent full(int port, io.signalbox.config.v1.PortSnapshot full) throws ContentException {
        requireSamePort(port, full.getPort());
        NavigableMap<String, HeldResource> resources = new TreeMap<>(ContentHash.NAME_ORDER);
        for (Resource resource : full.getResourcesList()) {
            if (resources.put(resource.getName(), HeldResource.of(resource)) != null) {
                throw duplicate(resource.getName());
            }
        }
        Version version = ContentHash.ofPort(port, resources.values());
        if (!version.value().equals(full.getVersion())) {
            throw ContentException.invalid(
                    "version: " + full.getVersion() + " (expected: " + version + ", the hash of the content)");
        }
        return checked(port, version, resources);
    }

    /** Applies a delta: remove, then put. Decodes and hashes only what the delta carries. */
    HeldPortContent delta(int port, PortDelta delta) throws ContentException {
        requireSamePort(port, delta.getPort());
        if (!delta.getFromVersion().equals(version().value())) {
            throw ContentException.deltaMismatch(
                    "delta from version " + delta.getFromVersion() + ", but this agent holds " + version());
        }
        NavigableMap<String, HeldResource> changed = new TreeMap<>(resources);
        delta.getRemovedList().forEach(changed::remove);
        Set<String> upserted = new HashSet<>();
        for (Resource resource : delta.getUpsertedList()) {
            if (!upserted.add(resource.getName())) {
                throw duplicate(resource.getName());
            }
            changed.put(resource.getName(), HeldResource.of(resource));
        }
        Version version = ContentHash.ofPort(port, changed.values());
        if (!version.value().equals(delta.getVersion())) {
            throw ContentException.deltaMismatch(
                    "the delta's result has version " + version + ", not " + delta.getVersion() + " as it names");
        }
        return checked(port, version, changed);
    }

    Version version() {
        return snapshot.version();
    }

    private static void requireSamePort(int expected, int port) throws ContentException {
        if (port != expected) {
            throw ContentException.invalid("port: " + Integer.toUnsignedString(port) + " inside an update of port "
                    + expected + " (expected: the same)");
        }
    }

    private static ContentException duplicate(String name) {
        return ContentException.invalid("resource '" + name + "' stands twice (expected: each name once)");
    }

    private static HeldPortContent checked(int port, Version version, NavigableMap<String, HeldResource> resources)
            throws ContentException {
        List<AddressFrontend> frontends = new ArrayList<>();
        Map<String, VirtualHost> virtualHosts = new HashMap<>();
        Map<String, Backend> backends = new HashMap<>();
        for (HeldResource resource : resources.values()) {
            switch (resource.content()) {
                case Content.Address(AddressFrontend frontend) -> frontends.add(frontend);
                case Content.Host(VirtualHost host) -> virtualHosts.put(host.name(), host);
                case Content.Target(Backend backend) -> backends.put(backend.name(), backend);
            }
        }
        checkFrontends(frontends, virtualHosts, backends);
        checkVirtualHosts(virtualHosts.values(), backends);
        PortSnapshot snapshot = new PortSnapshot(port, version, frontends, virtualHosts, backends);
        return new HeldPortContent(snapshot, Collections.unmodifiableNavigableMap(resources));
    }

    private static void checkFrontends(
            List<AddressFrontend> frontends, Map<String, VirtualHost> virtualHosts, Map<String, Backend> backends)
            throws ContentException {
        Set<Cidr> ranges = HashSet.newHashSet(frontends.size());
        for (AddressFrontend frontend : frontends) {
            String where = "address/" + frontend.cidr();
            if (!ranges.add(frontend.cidr())) {
                throw ContentException.invalid(where + ": stands twice (expected: each range once)");
            }
            checkBackends(where + ": route", frontend.route().backends(), backends);
            String virtualHost = frontend.virtualHost();
            if (virtualHost != null && !virtualHosts.containsKey(virtualHost)) {
                throw dangling(where + ": virtual_host", virtualHost);
            }
        }
    }

    private static void checkVirtualHosts(Iterable<VirtualHost> virtualHosts, Map<String, Backend> backends)
            throws ContentException {
        Map<HostPattern, String> owners = new HashMap<>();
        for (VirtualHost virtualHost : virtualHosts) {
            String where = "virtual-host/" + virtualHost.name();
            for (HostPattern host : virtualHost.hosts()) {
                String owner = owners.putIfAbsent(host, virtualHost.name());
                if (owner != null) {
                    throw ContentException.invalid(where + ": hosts: '" + host.pattern() + "' for caller namespace '"
                            + host.callerNamespace() + "' stands in virtual-host/" + owner
                            + " too (expected: each once)");
                }
            }
            for (int i = 0; i < virtualHost.routes().size(); i++) {
                Route route = virtualHost.routes().get(i);
                switch (route.action()) {
                    case RouteAction.Forward(List<WeightedBackend> targets) ->
                        checkBackends(where + ": routes[" + i + "].forward", targets, backends);
                }
            }
        }
    }

    private static void checkBackends(String where, List<WeightedBackend> targets, Map<String, Backend> backends)
            throws ContentException {
        for (int i = 0; i < targets.size(); i++) {
            if (!backends.containsKey(targets.get(i).backend())) {
                throw dangling(
                        where + ".backends[" + i + "].backend", targets.get(i).backend());
            }
        }
    }

    private static ContentException dangling(String where, String name) {
        return ContentException.invalid(where + ": '" + name + "' is not in this snapshot");
    }
}
