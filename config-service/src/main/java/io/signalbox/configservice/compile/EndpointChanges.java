package io.signalbox.configservice.compile;

import io.signalbox.configservice.compile.port.Model;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Pod;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.ServiceEntry;
import io.signalbox.configservice.registry.WorkloadEntry;
import io.signalbox.configservice.registry.WorkloadSelector;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/** Finds the services whose endpoints a change of slices, pods, workload entries and nodes may have changed. */
final class EndpointChanges {
    private final Model model;
    private final Registry before;
    private final Registry after;

    EndpointChanges(Model model, Registry before, Registry after) {
        this.model = model;
        this.before = before;
        this.after = after;
    }

    /**
     * The services.
     *
     * @param nodes names of those that are gone, new or changed
     */
    Set<MeshService> touched(
            List<EndpointSlice> slices, List<Pod> pods, List<WorkloadEntry> entries, Set<String> nodes) {
        Set<ObjectRef> objects = new HashSet<>();
        slices.forEach(slice -> objects.add(serviceOf(slice)));
        addByPods(pods, objects);
        addByEntries(entries, objects);
        if (!nodes.isEmpty()) {
            addByPods(podsOn(nodes), objects);
            after.endpointSlices().values().stream()
                    .filter(slice ->
                            slice.endpoints().stream().anyMatch(endpoint -> nodes.contains(endpoint.nodeName())))
                    .forEach(slice -> objects.add(serviceOf(slice)));
        }
        Set<MeshService> touched = new HashSet<>();
        for (ObjectRef object : objects) {
            model.services().of(object).forEach(touched::add);
        }
        return touched;
    }

    private List<Pod> podsOn(Set<String> nodes) {
        return after.pods().values().stream()
                .filter(pod -> nodes.contains(pod.nodeName()))
                .toList();
    }

    private void addByEntries(List<WorkloadEntry> entries, Set<ObjectRef> objects) {
        for (WorkloadEntry entry : entries) {
            String namespace = entry.metadata().namespace();
            Map<String, String> labels = entry.endpoint().labels();
            for (Service service : in(namespace, Service.KIND, after.services())) {
                if (!service.selector().isEmpty() && new WorkloadSelector(service.selector()).selects(labels)) {
                    objects.add(service.ref());
                }
            }
            for (ServiceEntry service : in(namespace, ServiceEntry.KIND, after.serviceEntries())) {
                if (service.workloadSelector() != null
                        && service.workloadSelector().selects(labels)) {
                    objects.add(service.ref());
                }
            }
        }
    }

    private void addByPods(List<Pod> pods, Set<ObjectRef> objects) {
        Map<ObjectRef, Pod> changedPods = new HashMap<>();
        Set<String> namespaces = new TreeSet<>();
        for (Pod pod : pods) {
            changedPods.put(pod.ref(), pod);
            namespaces.add(pod.metadata().namespace());
        }
        for (Registry registry : List.of(before, after)) {
            for (String namespace : namespaces) {
                in(namespace, EndpointSlice.KIND, registry.endpointSlices()).forEach(slice -> {
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
    }

    private static ObjectRef serviceOf(EndpointSlice slice) {
        return new ObjectRef(Service.KIND, slice.metadata().namespace(), slice.serviceName());
    }

    private static <T extends RegistryObject> Collection<T> in(
            String namespace, String kind, SortedMap<ObjectRef, T> objects) {
        return objects.subMap(new ObjectRef(kind, namespace, ""), new ObjectRef(kind, namespace + "\0", ""))
                .values();
    }
}
