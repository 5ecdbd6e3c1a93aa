package io.signalbox.configservice.compile;

import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.Transport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** A registry, ordered for the compiler. */
final class Index {
    private final String clusterDomain;
    private final Map<Integer, List<Service>> servicesByPort = new HashMap<>();
    private final Map<String, List<EndpointSlice>> slicesByService = new HashMap<>();
    private final DestinationRules rules;

    Index(Registry registry, String clusterDomain) {
        this.clusterDomain = clusterDomain;
        for (Service service : registry.services().values()) {
            for (int port : tcpPorts(service)) {
                servicesByPort.computeIfAbsent(port, _ -> new ArrayList<>()).add(service);
            }
        }
        servicesByPort.values().forEach(services -> services.sort(Service.CREATION_ORDER));
        for (EndpointSlice slice : registry.endpointSlices().values()) {
            if (slice.addressType() != EndpointSlice.AddressType.FQDN) {
                slicesByService
                        .computeIfAbsent(key(slice.metadata().namespace(), slice.serviceName()), _ -> new ArrayList<>())
                        .add(slice);
            }
        }
        rules = new DestinationRules(registry.destinationRules().values(), clusterDomain);
    }

    /** Whether the service is one that callers reach by its cluster IPs. */
    static boolean isRouted(Service service) {
        return switch (service.type()) {
            case CLUSTER_IP, NODE_PORT, LOAD_BALANCER -> true;
            case HEADLESS, EXTERNAL_NAME -> false;
        };
    }

    /** Ports of the service that may be routed; none for types that are not. */
    static SortedSet<Integer> tcpPorts(Service service) {
        SortedSet<Integer> ports = new TreeSet<>();
        if (isRouted(service)) {
            for (Service.Port port : service.ports()) {
                if (port.transport() == Transport.TCP) {
                    ports.add(port.port());
                }
            }
        }
        return ports;
    }

    /** Services that declare the port, in the order of their creation. */
    List<Service> services(int port) {
        return servicesByPort.getOrDefault(port, List.of());
    }

    /** Slices of the service that hold addresses. */
    List<EndpointSlice> slices(Service service) {
        return slicesByService.getOrDefault(
                key(service.metadata().namespace(), service.metadata().name()), List.of());
    }

    DestinationRules rules() {
        return rules;
    }

    String hostName(Service service) {
        return service.hostName(clusterDomain);
    }

    String clusterDomain() {
        return clusterDomain;
    }

    private static String key(String namespace, String name) {
        return namespace + "/" + name;
    }
}
