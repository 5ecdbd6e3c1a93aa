package io.signalbox.configservice.compile;

import com.google.protobuf.ByteString;
import io.signalbox.config.v1.CallerScope;
import io.signalbox.config.v1.Label;
import io.signalbox.config.v1.NodeWorkloads;
import io.signalbox.config.v1.OutboundPolicy;
import io.signalbox.config.v1.Workload;
import io.signalbox.configservice.compile.callers.Scope;
import io.signalbox.configservice.registry.Capture;
import io.signalbox.configservice.registry.Namespace;
import io.signalbox.configservice.registry.Node;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Pod;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.Sidecar;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes what each node is told of its workloads and of the callers in general. */
final class NodeCompiler {
    private NodeCompiler() {}

    /** What a node about which nothing is known is told. */
    static NodeWorkloads common(List<Scope> scopes) {
        NodeWorkloads.Builder built =
                NodeWorkloads.newBuilder().setDefaultOutboundPolicy(OutboundPolicy.OUTBOUND_POLICY_ALLOW_ANY);
        for (Scope scope : scopes) {
            CallerScope.Builder caller = CallerScope.newBuilder()
                    .setName(scope.name())
                    .setNamespace(scope.namespace())
                    .setRestrictsVisibility(scope.restricts())
                    .setOutboundPolicy(outboundPolicy(scope.sidecar()));
            new TreeMap<>(scope.labels()).forEach((key, value) -> caller.addLabels(label(key, value)));
            built.addScopes(caller);
        }
        return built.build();
    }

    private static OutboundPolicy outboundPolicy(Sidecar sidecar) {
        Sidecar.OutboundTrafficPolicy declared = sidecar.outboundTrafficPolicy();
        return declared != null && declared.mode() == Sidecar.OutboundTrafficPolicy.Mode.REGISTRY_ONLY
                ? OutboundPolicy.OUTBOUND_POLICY_REGISTRY_ONLY
                : OutboundPolicy.OUTBOUND_POLICY_ALLOW_ANY;
    }

    /** Every node that is declared or that a pod runs on, with its workloads. */
    static SortedMap<String, NodeWorkloads> all(Registry registry, NodeWorkloads common) {
        SortedSet<String> nodes = new TreeSet<>();
        registry.nodes().values().forEach(node -> nodes.add(node.metadata().name()));
        registry.pods().values().forEach(pod -> nodes.add(pod.nodeName()));
        nodes.remove("");
        return of(nodes, registry, common);
    }

    /** These nodes, but for those of which nothing is known. */
    static SortedMap<String, NodeWorkloads> of(SortedSet<String> nodes, Registry registry, NodeWorkloads common) {
        SortedMap<String, NodeWorkloads.Builder> builders = new TreeMap<>();
        for (Node node : registry.nodes().values()) {
            if (nodes.contains(node.metadata().name())) {
                builders.put(
                        node.metadata().name(),
                        common.toBuilder().setLocality(node.locality().toString()));
            }
        }
        for (Pod pod : registry.pods().values()) {
            if (nodes.contains(pod.nodeName())
                    && isRecognizable(pod)
                    && !pod.phase().isFinal()) {
                builders.computeIfAbsent(pod.nodeName(), _ -> common.toBuilder())
                        .addWorkloads(workload(pod, registry));
            }
        }
        SortedMap<String, NodeWorkloads> built = new TreeMap<>();
        builders.forEach((node, builder) -> built.put(node, builder.build()));
        return built;
    }

    /** Whether an agent can tell that a connection is this pod's. */
    private static boolean isRecognizable(Pod pod) {
        return !pod.addresses().isEmpty() || !pod.metadata().uid().isEmpty();
    }

    private static Workload workload(Pod pod, Registry registry) {
        Workload.Builder workload = Workload.newBuilder()
                .setNamespace(pod.metadata().namespace())
                .setName(pod.metadata().name())
                .setServiceAccount(pod.serviceAccount())
                .setUid(pod.metadata().uid())
                .setCapture(capture(pod, registry));
        pod.addresses().forEach(address -> workload.addAddresses(ByteString.copyFrom(address.bytes())));
        pod.metadata().labels().forEach((key, value) -> workload.addLabels(label(key, value)));
        return workload.build();
    }

    private static io.signalbox.config.v1.Capture capture(Pod pod, Registry registry) {
        Capture said = pod.capture().orElse(ofNamespace(pod, registry));
        if (Boolean.FALSE.equals(said.wanted())) {
            return io.signalbox.config.v1.Capture.CAPTURE_DISABLED;
        }
        return switch (said.failure()) {
            case null -> io.signalbox.config.v1.Capture.CAPTURE_UNSPECIFIED;
            case OPEN -> io.signalbox.config.v1.Capture.CAPTURE_FAIL_OPEN;
            case CLOSED -> io.signalbox.config.v1.Capture.CAPTURE_FAIL_CLOSED;
        };
    }

    private static Capture ofNamespace(Pod pod, Registry registry) {
        Namespace namespace = registry.namespaces()
                .get(new ObjectRef(Namespace.KIND, "", pod.metadata().namespace()));
        return namespace == null ? Capture.UNSAID : namespace.capture();
    }

    private static Label label(String key, String value) {
        return Label.newBuilder().setKey(key).setValue(value).build();
    }
}
