package io.signalbox.configservice.compile.backends;

import io.signalbox.configservice.compile.services.EndpointOrigin;
import io.signalbox.configservice.compile.services.MeshPort;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.IpAddress;
import io.signalbox.configservice.registry.Locality;
import io.signalbox.configservice.registry.Pod;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.ServiceEntry;
import io.signalbox.configservice.registry.Transport;
import io.signalbox.configservice.registry.WorkloadEndpoint;
import io.signalbox.configservice.registry.WorkloadEntry;
import io.signalbox.configservice.registry.WorkloadSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The endpoints of a service's port. */
public final class Targets {
    private Targets() {}

    /** The addresses of a service's endpoints on a port, ordered, each once. */
    public static List<IpAddress> addresses(MeshService service, MeshPort port, Workloads workloads) {
        return of(service, port, workloads).stream()
                .map(Target::address)
                .flatMap(address -> Optional.ofNullable(address).stream())
                .distinct()
                .toList();
    }

    /** Those that may get new traffic, ordered, each once. */
    static List<Target> of(MeshService service, MeshPort port, Workloads workloads) {
        List<Target> targets = new ArrayList<>();
        switch (service.object()) {
            case Service kubernetes -> ofService(kubernetes, port, workloads, targets);
            case ServiceEntry entry -> ofEntry(service, entry, port, workloads, targets);
            default -> throw new IllegalStateException("no service: " + service);
        }
        TreeSet<Target> ordered = new TreeSet<>(Target.ORDER);
        ordered.addAll(targets);
        return List.copyOf(ordered);
    }

    private static void ofService(Service service, MeshPort port, Workloads workloads, List<Target> targets) {
        String namespace = service.metadata().namespace();
        for (EndpointSlice slice :
                workloads.slices(namespace, service.metadata().name())) {
            for (EndpointSlice.Port slicePort : slice.ports()) {
                if (slicePort.name().equals(port.name())
                        && slicePort.transport() == Transport.TCP
                        && slicePort.port() != 0) {
                    for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
                        if ((endpoint.ready() || service.publishNotReadyAddresses()) && !endpoint.terminating()) {
                            add(endpoint, slicePort.port(), namespace, workloads, targets);
                        }
                    }
                }
            }
        }
        if (!service.selector().isEmpty()) {
            WorkloadSelector selector = new WorkloadSelector(service.selector());
            for (WorkloadEntry entry : workloads.entries(namespace)) {
                if (selector.selects(entry.endpoint().labels())) {
                    add(entry.endpoint(), port, false, targets);
                }
            }
        }
    }

    /** An endpoint whose pod is not known yet waits for it: its labels could not be told. */
    private static void add(
            EndpointSlice.Endpoint endpoint,
            int targetPort,
            String namespace,
            Workloads workloads,
            List<Target> targets) {
        Map<String, String> labels = Map.of();
        String node = endpoint.nodeName();
        Locality locality = null;
        if (endpoint.target() != null && endpoint.target().kind().equals(Pod.KIND)) {
            String podNamespace = endpoint.target().namespace().isEmpty()
                    ? namespace
                    : endpoint.target().namespace();
            Pod pod = workloads.pod(podNamespace, endpoint.target().name());
            if (pod == null) {
                return;
            }
            labels = pod.metadata().labels();
            node = pod.nodeName().isEmpty() ? node : pod.nodeName();
            locality = workloads.locality(pod);
        }
        if (locality == null || locality.equals(Locality.UNKNOWN)) {
            locality = workloads.locality(node, endpoint.zone());
        }
        for (IpAddress address : endpoint.addresses()) {
            targets.add(new Target(address, "", targetPort, 0, locality, node, labels));
        }
    }

    private static void ofEntry(
            MeshService service, ServiceEntry entry, MeshPort port, Workloads workloads, List<Target> targets) {
        boolean names = service.origin() == EndpointOrigin.DNS || service.origin() == EndpointOrigin.DNS_ROUND_ROBIN;
        WorkloadSelector selector = entry.workloadSelector();
        if (selector != null) {
            for (Pod pod : workloads.pods(service.namespace())) {
                if (selector.selects(pod.metadata().labels())
                        && pod.ready()
                        && !pod.phase().isFinal()
                        && !pod.addresses().isEmpty()) {
                    targets.add(new Target(
                            pod.addresses().getFirst(),
                            "",
                            port.endpointPort(),
                            0,
                            workloads.locality(pod),
                            pod.nodeName(),
                            pod.metadata().labels()));
                }
            }
            for (WorkloadEntry workload : workloads.entries(service.namespace())) {
                if (selector.selects(workload.endpoint().labels())) {
                    add(workload.endpoint(), port, names, targets);
                }
            }
        }
        for (WorkloadEndpoint endpoint : entry.endpoints()) {
            add(endpoint, port, names, targets);
        }
        if (names && selector == null && entry.endpoints().isEmpty()) {
            targets.add(new Target(null, service.host(), port.endpointPort(), 0, Locality.UNKNOWN, "", Map.of()));
        }
    }

    private static void add(WorkloadEndpoint endpoint, MeshPort port, boolean names, List<Target> targets) {
        int targetPort = endpoint.ports().getOrDefault(port.name(), port.endpointPort());
        Optional<IpAddress> address = IpAddress.parse(endpoint.address());
        boolean isName = address.isEmpty()
                && !endpoint.address().isEmpty()
                && !endpoint.address().startsWith("unix://");
        if (address.isPresent() || (names && isName)) {
            targets.add(new Target(
                    address.orElse(null),
                    isName ? endpoint.address() : "",
                    targetPort,
                    endpoint.weight(),
                    endpoint.locality(),
                    "",
                    endpoint.labels()));
        }
    }
}
