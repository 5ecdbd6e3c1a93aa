package io.signalbox.configservice.compile;

import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Pod;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Provenance;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.snapshot.NodeWorkloads;
import io.signalbox.configservice.snapshot.PortSnapshot;
import io.signalbox.configservice.snapshot.Snapshot;
import io.signalbox.configservice.snapshot.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a registry, starting from the compilation of an earlier one: only ports and nodes that a changed object
 * touches are compiled, and what comes out equal stays the same object.
 *
 * <p>Changes are found by identity, so objects that did not change must be shared between the registries; an equal but
 * other object costs a compilation and changes nothing. Pure and stateless: usable on any thread.
 */
public final class Compiler {
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
        Set<Integer> ports = new TreeSet<>();
        Set<String> nodes = new TreeSet<>();
        findTouched(previous.registry(), registry, ports, nodes);

        Index index = new Index(registry, clusterDomain);
        SortedMap<Integer, PortSnapshot> portSnapshots =
                new TreeMap<>(previous.snapshot().ports());
        SortedMap<Integer, List<Problem>> portProblems = new TreeMap<>(previous.portProblems());
        for (int port : ports) {
            PortCompiler.Result result = new PortCompiler(port, index)
                    .compile(previous.snapshot().ports().get(port));
            putOrRemove(portSnapshots, port, result.snapshot());
            putOrRemove(portProblems, port, result.problems().isEmpty() ? null : result.problems());
        }
        SortedMap<String, NodeWorkloads> nodeWorkloads =
                new TreeMap<>(previous.snapshot().nodes());
        compileNodes(nodes, registry, nodeWorkloads);
        return new Compilation(
                registry,
                new Snapshot(registry.revision(), portSnapshots, nodeWorkloads),
                ports,
                portProblems,
                generalProblems(registry, index));
    }

    private void findTouched(Registry before, Registry after, Set<Integer> ports, Set<String> nodes) {
        forEachChanged(before.services(), after.services(), service -> ports.addAll(Index.tcpPorts(service)));
        forEachChanged(before.endpointSlices(), after.endpointSlices(), slice -> {
            touchServiceOf(slice, before, ports);
            touchServiceOf(slice, after, ports);
        });
        forEachChanged(before.destinationRules(), after.destinationRules(), rule -> {
            touchServicesOf(rule, before, ports);
            touchServicesOf(rule, after, ports);
        });
        forEachChanged(before.pods(), after.pods(), pod -> nodes.add(pod.nodeName()));
    }

    @SuppressWarnings("ReferenceEquality") // objects that did not change are shared; see the class comment
    private static <T extends RegistryObject> void forEachChanged(
            SortedMap<ObjectRef, T> before, SortedMap<ObjectRef, T> after, Consumer<T> touch) {
        before.forEach((ref, object) -> {
            if (after.get(ref) != object) {
                touch.accept(object);
            }
        });
        after.forEach((ref, object) -> {
            if (before.get(ref) != object) {
                touch.accept(object);
            }
        });
    }

    private static void touchServiceOf(EndpointSlice slice, Registry registry, Set<Integer> ports) {
        Service service = registry.services()
                .get(new ObjectRef(Service.KIND, slice.metadata().namespace(), slice.serviceName()));
        if (service != null) {
            ports.addAll(Index.tcpPorts(service));
        }
    }

    private void touchServicesOf(DestinationRule rule, Registry registry, Set<Integer> ports) {
        String pattern = rule.fullHost(clusterDomain);
        for (Service service : registry.services().values()) {
            if (DestinationRules.covers(pattern, service.hostName(clusterDomain))) {
                ports.addAll(Index.tcpPorts(service));
            }
        }
    }

    private static void compileNodes(
            Set<String> nodes, Registry registry, SortedMap<String, NodeWorkloads> nodeWorkloads) {
        SortedMap<String, List<Workload>> byNode = new TreeMap<>();
        for (Pod pod : registry.pods().values()) {
            if (nodes.contains(pod.nodeName())
                    && !pod.nodeName().isEmpty()
                    && !pod.addresses().isEmpty()
                    && !pod.phase().isFinal()) {
                byNode.computeIfAbsent(pod.nodeName(), _ -> new ArrayList<>())
                        .add(new Workload(
                                pod.metadata().namespace(),
                                pod.metadata().name(),
                                pod.addresses(),
                                pod.metadata().labels(),
                                pod.serviceAccount()));
            }
        }
        for (String node : nodes) {
            List<Workload> workloads = byNode.get(node);
            NodeWorkloads compiled = workloads == null ? null : new NodeWorkloads(node, workloads);
            if (compiled == null || !compiled.equals(nodeWorkloads.get(node))) {
                putOrRemove(nodeWorkloads, node, compiled);
            }
        }
    }

    private static <K, V> void putOrRemove(SortedMap<K, V> map, K key, @Nullable V value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }

    private static List<Problem> generalProblems(Registry registry, Index index) {
        List<Problem> problems = new ArrayList<>();
        for (Service service : registry.services().values()) {
            switch (service.type()) {
                case CLUSTER_IP, NODE_PORT, LOAD_BALANCER -> {
                    if (service.clusterIps().isEmpty()) {
                        problems.add(info(service, "spec.clusterIPs", "no cluster IP yet; reachable by Host only"));
                    }
                }
                case HEADLESS ->
                    problems.add(info(
                            service,
                            "spec.clusterIP",
                            "headless services are not routed yet; their traffic passes through"));
                case EXTERNAL_NAME ->
                    problems.add(info(
                            service,
                            "spec.type",
                            "ExternalName services are not routed yet; their traffic passes through"));
            }
        }
        problems.addAll(index.rules().problems(registry.services().values()));
        return problems.stream()
                .map(problem -> problem.at(registry.provenance(problem.object())))
                .toList();
    }

    private static Problem info(Service service, String path, String message) {
        return new Problem(Problem.Severity.INFO, Provenance.UNKNOWN, service.ref(), path, message);
    }
}
