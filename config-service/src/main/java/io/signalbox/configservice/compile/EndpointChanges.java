package io.signalbox.configservice.compile;

import io.signalbox.configservice.compile.port.Model;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Pod;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.ServiceEntry;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds the services whose endpoints a change of slices and pods may have changed. */
final class EndpointChanges {
    private final Model model;
    private final Registry before;
    private final Registry after;

    EndpointChanges(Model model, Registry before, Registry after) {
        this.model = model;
        this.before = before;
        this.after = after;
    }

    Set<MeshService> touched(List<EndpointSlice> slices, List<Pod> pods) {
        Set<ObjectRef> objects = new HashSet<>();
        slices.forEach(slice -> objects.add(serviceOf(slice)));
        Map<ObjectRef, Pod> changedPods = new java.util.HashMap<>();
        Set<String> namespaces = new TreeSet<>();
        for (Pod pod : pods) {
            changedPods.put(pod.ref(), pod);
            namespaces.add(pod.metadata().namespace());
        }
        for (Registry registry : List.of(before, after)) {
            for (String namespace : namespaces) {
                slicesIn(namespace, registry).forEach(slice -> {
                    if (slice.endpoints().stream()
                            .anyMatch(endpoint ->
                                    endpoint.target() != null && changedPods.containsKey(endpoint.target()))) {
                        objects.add(serviceOf(slice));
                    }
                });
            }
        }
        for (ServiceEntry entry : after.serviceEntries().values()) {
            if (entry.workloadSelector() != null
                    && namespaces.contains(entry.metadata().namespace())
                    && pods.stream()
                            .anyMatch(pod -> pod.metadata()
                                            .namespace()
                                            .equals(entry.metadata().namespace())
                                    && entry.workloadSelector()
                                            .selects(pod.metadata().labels()))) {
                objects.add(entry.ref());
            }
        }
        Set<MeshService> touched = new HashSet<>();
        for (ObjectRef object : objects) {
            model.services().of(object).forEach(touched::add);
        }
        return touched;
    }

    private static ObjectRef serviceOf(EndpointSlice slice) {
        return new ObjectRef(Service.KIND, slice.metadata().namespace(), slice.serviceName());
    }

    private static Iterable<EndpointSlice> slicesIn(String namespace, Registry registry) {
        return registry.endpointSlices()
                .subMap(
                        new ObjectRef(EndpointSlice.KIND, namespace, ""),
                        new ObjectRef(EndpointSlice.KIND, namespace + "\0", ""))
                .values();
    }
}
