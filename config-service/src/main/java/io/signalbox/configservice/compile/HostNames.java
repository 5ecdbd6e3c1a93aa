package io.signalbox.configservice.compile;

import io.signalbox.configservice.registry.IpAddress;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.snapshot.HostPattern;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who owns which Host value on one port. Services claim in the order of their creation and the first keeps a name,
 * except that a generated short form yields to a service whose full name it is. Each pattern and caller namespace has
 * one owner.
 */
final class HostNames {
    private record Owner(String host, boolean fullName) {}

    private final String clusterDomain;
    private final Map<HostPattern, Owner> owners = new HashMap<>();
    private final SortedMap<String, String> losses = new TreeMap<>();
    private final Map<String, SortedSet<HostPattern>> owned = new HashMap<>();

    HostNames(String clusterDomain) {
        this.clusterDomain = clusterDomain;
    }

    /** Claims all forms of the service's name, and its addresses. To be called in the order of creation. */
    void claim(Service service, List<IpAddress> addresses) {
        String name = service.metadata().name();
        String namespace = service.metadata().namespace();
        String host = service.hostName(clusterDomain);
        claim(host, new HostPattern(host, ""), true);
        claim(host, new HostPattern(host + ".", ""), true);
        claim(host, new HostPattern(name + "." + namespace + ".svc", ""), false);
        claim(host, new HostPattern(name + "." + namespace, ""), false);
        claim(host, new HostPattern(name, namespace), false);
        addresses.forEach(address -> claim(host, new HostPattern(address.hostText(), ""), true));
    }

    /**
     * Claims one pattern for the service with this host name.
     *
     * @param fullName whether the pattern is the service's full name or address, before which a generated form yields
     */
    void claim(String host, HostPattern pattern, boolean fullName) {
        Owner owner = owners.get(pattern);
        if (owner == null || (fullName && !owner.fullName())) {
            owners.put(pattern, new Owner(host, fullName));
            owned.computeIfAbsent(host, _ -> new TreeSet<>()).add(pattern);
            if (owner != null) {
                ownedBy(owner.host()).remove(pattern);
                lose(owner.host(), pattern, host);
            }
        } else if (!owner.host().equals(host)) {
            lose(host, pattern, owner.host());
        }
    }

    private void lose(String loser, HostPattern pattern, String winner) {
        String message = "Host " + pattern.pattern() + " means " + winner + "; this service keeps its other names";
        losses.merge(loser, message, (first, second) -> first + "; " + second);
    }

    /** The Host values of the service with this host name, ordered. */
    List<HostPattern> owned(String host) {
        return List.copyOf(ownedBy(host));
    }

    private SortedSet<HostPattern> ownedBy(String host) {
        return owned.getOrDefault(host, Collections.emptySortedSet());
    }

    /** What was not granted: host name of the service to a sentence about it. */
    SortedMap<String, String> losses() {
        return losses;
    }
}
