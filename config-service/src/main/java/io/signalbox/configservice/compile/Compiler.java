package io.signalbox.configservice.compile;

import io.signalbox.config.v1.NodeWorkloads;
import io.signalbox.configservice.compile.backends.Workloads;
import io.signalbox.configservice.compile.port.Model;
import io.signalbox.configservice.compile.review.PoolReview;
import io.signalbox.configservice.compile.review.Review;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.GrpcRoute;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.Namespace;
import io.signalbox.configservice.registry.Node;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Pod;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.ReferenceGrant;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.ServiceEntry;
import io.signalbox.configservice.registry.Sidecar;
import io.signalbox.configservice.registry.TcpRoute;
import io.signalbox.configservice.registry.TlsRoute;
import io.signalbox.configservice.registry.VirtualService;
import io.signalbox.configservice.registry.WorkloadEntry;
import io.signalbox.configservice.snapshot.PortResources;
import io.signalbox.configservice.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a registry, starting from the compilation of an earlier one: a change of slices, pods, nodes and workload
 * entries makes only the backends and nodes that it touches anew, and what comes out equal stays the same object.
 *
 * <p>Changes are found by identity, so objects that did not change must be shared between the registries; an equal but
 * other object costs a compilation and changes nothing. Pure and stateless: usable on any thread.
 */
public final class Compiler {
    /** The Gateway API: what its routes hang on is looked at anew after every change of services and rules. */
    private static final Map<String, Function<Registry, SortedMap<ObjectRef, ? extends RegistryObject>>> GATEWAY =
            Map.ofEntries(
                    Map.entry(HttpRoute.KIND, Registry::httpRoutes),
                    Map.entry(GrpcRoute.KIND, Registry::grpcRoutes),
                    Map.entry(TcpRoute.KIND, Registry::tcpRoutes),
                    Map.entry(TlsRoute.KIND, Registry::tlsRoutes),
                    Map.entry(ReferenceGrant.KIND, Registry::referenceGrants));

    private final String clusterDomain;

    /**
     * A compiler.
     *
     * @param clusterDomain suffix of service host names, such as {@code cluster.local}
     */
    public Compiler(String clusterDomain) {
        this.clusterDomain = clusterDomain;
    }

    /** Compiles the registry; the result is the same, object sharing aside, whatever {@code previous} is. */
    public Compilation compile(Compilation previous, Registry registry) {
        Changes changes = new Changes(previous.registry(), registry);
        Model before = previous.model();
        if (before == null || !changes.of(Sidecar.KIND, Registry::sidecars).isEmpty()) {
            // What a scope restricts may be anything.
            return compileAll(previous, registry);
        }
        List<Service> services = changes.of(Service.KIND, Registry::services);
        List<ServiceEntry> entries = changes.of(ServiceEntry.KIND, Registry::serviceEntries);
        List<VirtualService> virtualServices = changes.of(VirtualService.KIND, Registry::virtualServices);
        List<DestinationRule> destinationRules = changes.of(DestinationRule.KIND, Registry::destinationRules);
        boolean servicesChanged = !services.isEmpty() || !entries.isEmpty();
        if (servicesChanged && !before.restricting().isEmpty()) {
            // Whether a scope's callers have HTTP on a port depends on every service that they see.
            return compileAll(previous, registry);
        }
        if (!servicesChanged && virtualServices.isEmpty() && destinationRules.isEmpty() && !changes.isAny(GATEWAY)) {
            return follow(previous, before, Set.of(), changes, registry, previous.review());
        }
        Model after = ModelReader.read(registry, clusterDomain, before);
        Set<String> hosts = new Impact(before, after).hosts(services, entries, virtualServices, destinationRules);
        return follow(previous, after, hosts, changes, registry, Review.of(registry, after));
    }

    private Compilation compileAll(Compilation previous, Registry registry) {
        Model model = ModelReader.read(registry, clusterDomain, previous.model());
        Workloads workloads = new Workloads(registry);
        SortedMap<Integer, CompiledPort> ports = new TreeMap<>();
        for (int port : model.services().ports()) {
            put(
                    ports,
                    port,
                    PortCompiler.compile(
                            port, model, workloads, previous.ports().get(port)));
        }
        NodeWorkloads common = NodeCompiler.common(model.scopes());
        return compilation(
                previous,
                registry,
                model,
                Review.of(registry, model),
                ports,
                share(previous, NodeCompiler.all(registry, common)),
                common);
    }

    /**
     * Compiles what the change can touch.
     *
     * @param hosts those whose services or rules may be others than before
     */
    private static Compilation follow(
            Compilation previous,
            Model model,
            Set<String> hosts,
            Changes changes,
            Registry registry,
            List<Problem> review) {
        Workloads workloads = new Workloads(registry);
        List<Pod> pods = changes.of(Pod.KIND, Registry::pods);
        Set<String> changedNodes = changes.of(Node.KIND, Registry::nodes).stream()
                .map(node -> node.metadata().name())
                .collect(Collectors.toSet());
        Set<MeshService> touched = new EndpointChanges(model, previous.registry(), registry)
                .touched(
                        changes.of(EndpointSlice.KIND, Registry::endpointSlices),
                        pods,
                        changes.of(WorkloadEntry.KIND, Registry::workloadEntries),
                        changedNodes);
        SortedSet<Integer> whole = new TreeSet<>();
        for (MeshService service : touched) {
            if (service.isHeadless()) {
                service.ports().stream()
                        .filter(port -> port.protocol().hasConnectionFrontends())
                        .forEach(port -> whole.add(port.number()));
            }
        }
        SortedMap<Integer, CompiledPort> ports = new TreeMap<>();
        for (int port : model.services().ports()) {
            CompiledPort before = previous.ports().get(port);
            if (whole.contains(port) || (before == null && !hosts.isEmpty())) {
                put(ports, port, PortCompiler.compile(port, model, workloads, before));
            } else if (before != null) {
                CompiledPort now =
                        hosts.isEmpty() ? before : PortCompiler.compile(port, model, workloads, before, hosts);
                put(ports, port, now == null ? null : PortCompiler.refresh(now, touched, workloads));
            }
        }
        SortedSet<String> nodes = new TreeSet<>(changedNodes);
        pods.forEach(pod -> nodes.add(pod.nodeName()));
        Set<String> namespaces = changes.of(Namespace.KIND, Registry::namespaces).stream()
                .map(namespace -> namespace.metadata().name())
                .collect(Collectors.toSet());
        if (!namespaces.isEmpty()) {
            // Pods inherit what their namespace says of capture.
            registry.pods().values().stream()
                    .filter(pod -> namespaces.contains(pod.metadata().namespace()))
                    .forEach(pod -> nodes.add(pod.nodeName()));
        }
        nodes.remove("");
        SortedMap<String, NodeWorkloads> nodeWorkloads = previous.snapshot().nodes();
        NodeWorkloads common = previous.snapshot().otherNodes();
        if (!nodes.isEmpty()) {
            nodeWorkloads = new TreeMap<>(nodeWorkloads);
            nodeWorkloads.keySet().removeAll(nodes);
            nodeWorkloads.putAll(NodeCompiler.of(nodes, registry, common));
            nodeWorkloads = share(previous, nodeWorkloads);
        }
        return compilation(previous, registry, model, review, ports, nodeWorkloads, common);
    }

    private static <K, V> void put(SortedMap<K, V> map, K key, @Nullable V value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }

    private static SortedMap<String, NodeWorkloads> share(
            Compilation previous, SortedMap<String, NodeWorkloads> nodes) {
        SortedMap<String, NodeWorkloads> shared = new TreeMap<>();
        nodes.forEach((node, workloads) -> {
            NodeWorkloads before = previous.snapshot().nodes().get(node);
            shared.put(node, before != null && before.equals(workloads) ? before : workloads);
        });
        return shared;
    }

    @SuppressWarnings("ReferenceEquality") // what did not change is shared
    private static Compilation compilation(
            Compilation previous,
            Registry registry,
            Model model,
            List<Problem> review,
            SortedMap<Integer, CompiledPort> ports,
            SortedMap<String, NodeWorkloads> nodes,
            NodeWorkloads common) {
        SortedMap<Integer, PortResources> resources = new TreeMap<>();
        ports.forEach((port, compiled) -> resources.put(port, compiled.resources()));
        Set<Integer> changed = new TreeSet<>(previous.snapshot().ports().keySet());
        changed.addAll(resources.keySet());
        changed.removeIf(port -> previous.snapshot().ports().get(port) == resources.get(port));
        NodeWorkloads otherNodes = previous.snapshot().otherNodes();
        List<Problem> problems = new ArrayList<>(review);
        ports.values().forEach(port -> problems.addAll(port.problems()));
        problems.addAll(PoolReview.of(resources.values()));
        return new Compilation(
                registry,
                new Snapshot(registry.revision(), resources, nodes, common.equals(otherNodes) ? otherNodes : common),
                changed,
                problems.stream()
                        .distinct()
                        .map(problem -> problem.at(registry.provenance(problem.object())))
                        .sorted()
                        .toList(),
                model,
                review,
                ports);
    }
}
