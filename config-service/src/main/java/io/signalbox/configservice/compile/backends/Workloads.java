package io.signalbox.configservice.compile.backends;

import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.Locality;
import io.signalbox.configservice.registry.Node;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Pod;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.registry.WorkloadEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What of a registry changes all the time: slices, pods, workload entries and nodes. Looked through when asked. */
public final class Workloads {
    /** A pod may say by this label where it runs, instead of its node. */
    private static final String LOCALITY_LABEL = "istio-locality";

    private final Registry registry;
    private final Map<String, Map<String, List<EndpointSlice>>> slicesByNamespace = new HashMap<>();

    /** Those of this registry. */
    public Workloads(Registry registry) {
        this.registry = registry;
    }

    /** The slices of a service. */
    List<EndpointSlice> slices(String namespace, String service) {
        return slicesByNamespace.computeIfAbsent(namespace, this::slices).getOrDefault(service, List.of());
    }

    private Map<String, List<EndpointSlice>> slices(String namespace) {
        Map<String, List<EndpointSlice>> byService = new HashMap<>();
        for (EndpointSlice slice : in(namespace, EndpointSlice.KIND, registry.endpointSlices())) {
            if (slice.addressType() != EndpointSlice.AddressType.FQDN) {
                byService
                        .computeIfAbsent(slice.serviceName(), _ -> new ArrayList<>(1))
                        .add(slice);
            }
        }
        return byService;
    }

    /** The pods of a namespace. */
    Collection<Pod> pods(String namespace) {
        return in(namespace, Pod.KIND, registry.pods());
    }

    /** The workload entries of a namespace. */
    Collection<WorkloadEntry> entries(String namespace) {
        return in(namespace, WorkloadEntry.KIND, registry.workloadEntries());
    }

    /** The pod with this name, if it is known. */
    @Nullable
    Pod pod(String namespace, String name) {
        return registry.pods().get(new ObjectRef(Pod.KIND, namespace, name));
    }

    /** Where a pod runs, as far as known. */
    Locality locality(Pod pod) {
        String label = pod.metadata().labels().getOrDefault(LOCALITY_LABEL, "");
        return label.isEmpty() ? locality(pod.nodeName(), "") : Locality.parse(label.replace('.', '/'));
    }

    /** Where what runs on a node is; where the node is not known, in the zone given. */
    Locality locality(String nodeName, String zone) {
        Node node = nodeName.isEmpty() ? null : registry.nodes().get(new ObjectRef(Node.KIND, "", nodeName));
        return node != null ? node.locality() : new Locality("", zone, "");
    }

    private static <T extends RegistryObject> Collection<T> in(
            String namespace, String kind, SortedMap<ObjectRef, T> objects) {
        return objects.subMap(new ObjectRef(kind, namespace, ""), new ObjectRef(kind, namespace + "\0", ""))
                .values();
    }
}
