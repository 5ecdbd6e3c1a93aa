package io.signalbox.configservice.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.configservice.registry.Cidr;
import io.signalbox.configservice.registry.IpAddress;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.ServiceEntry;
import io.signalbox.configservice.rest.Views.PlaceView;
import io.signalbox.configservice.wire.EncodedPort;
import io.signalbox.configservice.wire.EncodedResource;
import io.signalbox.configservice.wire.Published;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Services and service entries, with the aliases and usable endpoints that they have. */
final class ServiceViews {
    record Services(long revision, List<ServiceView> services, List<ServiceEntryView> serviceEntries) {}

    record ServiceView(
            String namespace,
            String name,
            String type,
            String host,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> aliases,
            List<String> clusterIps,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> externalIps,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String externalName,
            Map<String, String> selector,
            List<ServicePortView> ports,
            PlaceView declaredAt) {}

    record ServicePortView(
            String name,
            int port,
            String transport,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String appProtocol,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String targetPort,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) int nodePort,
            int endpoints) {}

    record ServiceEntryView(
            String namespace,
            String name,
            List<String> hosts,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> aliases,
            List<String> addresses,
            String location,
            String resolution,
            List<EntryPortView> ports,
            PlaceView declaredAt) {}

    record EntryPortView(
            String name,
            int port,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String protocol,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) int targetPort,
            int endpoints) {}

    private final Registry registry;
    private final String clusterDomain;
    private final Map<String, Integer> endpoints = new HashMap<>();
    private final Map<String, List<String>> aliases = new HashMap<>();

    ServiceViews(Registry registry, String clusterDomain, Published published) {
        this.registry = registry;
        this.clusterDomain = clusterDomain;
        for (EncodedPort port : published.ports().values()) {
            for (EncodedResource resource : port.resources()) {
                if (resource.message().hasBackend()) {
                    endpoints.put(
                            resource.message().getBackend().getName(),
                            resource.message().getBackend().getEndpointsCount());
                }
            }
        }
        findAliases();
    }

    /** Chains are followed to their end; those that lead back have none. */
    private void findAliases() {
        Map<String, String> targets = new HashMap<>();
        for (Service service : registry.services().values()) {
            if (service.type() == Service.Type.EXTERNAL_NAME) {
                targets.put(service.hostName(clusterDomain), service.externalName());
            }
        }
        new TreeMap<>(targets).forEach((alias, target) -> {
            String end = target;
            for (int hops = 0; targets.containsKey(end) && hops <= targets.size(); hops++) {
                end = targets.getOrDefault(end, end);
            }
            if (!targets.containsKey(end)) {
                aliases.computeIfAbsent(end, _ -> new ArrayList<>()).add(alias);
            }
        });
    }

    private int endpoints(String host, int port) {
        return endpoints.getOrDefault(host + ":" + port, 0);
    }

    private PlaceView place(ObjectRef ref) {
        return Views.place(registry.provenance(ref));
    }

    ServiceView service(Service service) {
        String host = service.hostName(clusterDomain);
        List<ServicePortView> ports = service.ports().stream()
                .map(port -> new ServicePortView(
                        port.name(),
                        port.port(),
                        port.transport().name(),
                        port.appProtocol(),
                        port.targetPort(),
                        port.nodePort(),
                        endpoints(host, port.port())))
                .toList();
        return new ServiceView(
                service.metadata().namespace(),
                service.metadata().name(),
                Views.word(service.type()),
                host,
                aliases.getOrDefault(host, List.of()),
                service.clusterIps().stream().map(IpAddress::toString).toList(),
                service.externalIps().stream().map(IpAddress::toString).toList(),
                service.externalName(),
                new TreeMap<>(service.selector()),
                ports,
                place(service.ref()));
    }

    ServiceEntryView entry(ServiceEntry entry) {
        List<EntryPortView> ports = entry.ports().stream()
                .map(port -> new EntryPortView(
                        port.name(),
                        port.number(),
                        port.protocol(),
                        port.targetPort(),
                        entry.hosts().stream()
                                .mapToInt(host -> endpoints(host, port.number()))
                                .max()
                                .orElse(0)))
                .toList();
        return new ServiceEntryView(
                entry.metadata().namespace(),
                entry.metadata().name(),
                entry.hosts(),
                entry.hosts().stream()
                        .flatMap(host -> aliases.getOrDefault(host, List.of()).stream())
                        .toList(),
                entry.addresses().stream().map(Cidr::toString).toList(),
                Views.word(entry.location()),
                Views.word(entry.resolution()),
                ports,
                place(entry.ref()));
    }
}
