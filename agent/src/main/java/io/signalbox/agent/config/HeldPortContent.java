package io.signalbox.agent.config;

import io.signalbox.agent.config.HeldResource.Content;
import io.signalbox.agent.model.AddressFrontend;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.SniFrontend;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.model.VirtualHost;
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
        List<Backend> newBackends = new ArrayList<>();
        boolean isBackendsOnly = delta.getRemovedCount() == 0;
        for (Resource resource : delta.getUpsertedList()) {
            if (!upserted.add(resource.getName())) {
                throw duplicate(resource.getName());
            }
            HeldResource held = HeldResource.of(resource);
            changed.put(resource.getName(), held);
            if (held.content() instanceof Content.Target(Backend backend)) {
                newBackends.add(backend);
            } else {
                isBackendsOnly = false;
            }
        }
        Version version = ContentHash.ofPort(port, changed.values());
        if (!version.value().equals(delta.getVersion())) {
            throw ContentException.deltaMismatch(
                    "the delta's result has version " + version + ", not " + delta.getVersion() + " as it names");
        }
        return isBackendsOnly ? withBackends(version, newBackends, changed) : checked(port, version, changed);
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

    /** New or changed backends break no reference: what refers to them need not be looked at again. */
    private HeldPortContent withBackends(
            Version version, List<Backend> newBackends, NavigableMap<String, HeldResource> changed) {
        Map<String, Backend> backends = new HashMap<>(snapshot.backends());
        newBackends.forEach(backend -> backends.put(backend.name(), backend));
        PortSnapshot next = new PortSnapshot(
                snapshot.port(),
                version,
                snapshot.addressFrontends(),
                snapshot.sniFrontends(),
                snapshot.virtualHosts(),
                backends);
        return new HeldPortContent(next, Collections.unmodifiableNavigableMap(changed));
    }

    private static HeldPortContent checked(int port, Version version, NavigableMap<String, HeldResource> resources)
            throws ContentException {
        List<AddressFrontend> addresses = new ArrayList<>();
        List<SniFrontend> snis = new ArrayList<>();
        Map<String, VirtualHost> virtualHosts = new HashMap<>();
        Map<String, Backend> backends = new HashMap<>();
        for (HeldResource resource : resources.values()) {
            switch (resource.content()) {
                case Content.Address(AddressFrontend frontend) -> addresses.add(frontend);
                case Content.Sni(SniFrontend frontend) -> snis.add(frontend);
                case Content.Host(VirtualHost host) -> virtualHosts.put(host.name(), host);
                case Content.Target(Backend backend) -> backends.put(backend.name(), backend);
            }
        }
        PortSnapshot snapshot = new PortSnapshot(port, version, addresses, snis, virtualHosts, backends);
        PortChecks.check(snapshot);
        return new HeldPortContent(snapshot, Collections.unmodifiableNavigableMap(resources));
    }
}
