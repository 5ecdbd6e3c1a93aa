package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.GrpcRoute;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.Namespace;
import io.signalbox.configservice.registry.Node;
import io.signalbox.configservice.registry.ObjectMeta;
import io.signalbox.configservice.registry.Pod;
import io.signalbox.configservice.registry.ReferenceGrant;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.ServiceEntry;
import io.signalbox.configservice.registry.Sidecar;
import io.signalbox.configservice.registry.TcpRoute;
import io.signalbox.configservice.registry.TlsRoute;
import io.signalbox.configservice.registry.VirtualService;
import io.signalbox.configservice.registry.WorkloadEntry;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kinds that are read, and by whom. */
final class Kinds {
    private Kinds() {}

    private static final String CORE = "";
    private static final String ISTIO = "networking.istio.io";

    private static final Map<String, ResourceKind> ALL = byKind(
            core(Namespace.KIND, "namespaces", false),
            core(Node.KIND, "nodes", false),
            core(Service.KIND, "services", true),
            core(Pod.KIND, "pods", true),
            new ResourceKind(EndpointSlice.KIND, "endpointslices", "discovery.k8s.io", List.of("v1"), true, true),
            istio(VirtualService.KIND, "virtualservices"),
            istio(DestinationRule.KIND, "destinationrules"),
            istio(ServiceEntry.KIND, "serviceentries"),
            istio(WorkloadEntry.KIND, "workloadentries"),
            istio(Sidecar.KIND, "sidecars"),
            gateway(HttpRoute.KIND, "httproutes", "v1", "v1beta1", "v1alpha2"),
            gateway(GrpcRoute.KIND, "grpcroutes", "v1", "v1alpha2"),
            gateway(TlsRoute.KIND, "tlsroutes", "v1", "v1alpha3", "v1alpha2"),
            gateway(TcpRoute.KIND, "tcproutes", "v1", "v1alpha2"),
            gateway(ReferenceGrant.KIND, "referencegrants", "v1", "v1beta1", "v1alpha2"));

    private static Map<String, ResourceKind> byKind(ResourceKind... kinds) {
        Map<String, ResourceKind> byKind = new LinkedHashMap<>();
        for (ResourceKind kind : kinds) {
            byKind.put(kind.kind(), kind);
        }
        return Collections.unmodifiableMap(byKind);
    }

    private static ResourceKind core(String kind, String plural, boolean namespaced) {
        return new ResourceKind(kind, plural, CORE, List.of("v1"), namespaced, true);
    }

    private static ResourceKind istio(String kind, String plural) {
        return new ResourceKind(kind, plural, ISTIO, List.of("v1", "v1beta1", "v1alpha3"), true, false);
    }

    private static ResourceKind gateway(String kind, String plural, String... versions) {
        return new ResourceKind(kind, plural, GatewayTypes.GROUP, List.of(versions), true, false);
    }

    /** Every kind that is read. */
    static Collection<ResourceKind> all() {
        return ALL.values();
    }

    /** The kind of this name; null when it is not read. */
    static @Nullable ResourceKind find(String kind) {
        return ALL.get(kind);
    }

    /** Whether objects of the kind have no namespace. */
    static boolean isClusterScoped(String kind) {
        ResourceKind resource = ALL.get(kind);
        return resource != null && !resource.namespaced();
    }

    /** Reads an object of a kind that is read. */
    static RegistryObject read(String kind, ObjectMeta metadata, Fields root) {
        return switch (kind) {
            case Namespace.KIND -> new Namespace(metadata, CoreReader.capture(root));
            case Node.KIND -> new Node(metadata);
            case Service.KIND -> ServiceReader.read(metadata, root);
            case Pod.KIND -> CoreReader.pod(metadata, root);
            case EndpointSlice.KIND -> CoreReader.endpointSlice(metadata, root);
            case VirtualService.KIND -> VirtualServiceReader.read(metadata, onlySpec(root));
            case DestinationRule.KIND -> DestinationRuleReader.read(metadata, root, onlySpec(root));
            case ServiceEntry.KIND -> ServiceEntryReader.serviceEntry(metadata, onlySpec(root));
            case WorkloadEntry.KIND -> ServiceEntryReader.workloadEntry(metadata, onlySpec(root));
            case Sidecar.KIND -> SidecarReader.read(metadata, onlySpec(root));
            case HttpRoute.KIND -> GatewayRouteReader.httpRoute(metadata, onlySpec(root));
            case GrpcRoute.KIND -> GatewayRouteReader.grpcRoute(metadata, onlySpec(root));
            case TcpRoute.KIND -> GatewayRouteReader.tcpRoute(metadata, onlySpec(root));
            case TlsRoute.KIND -> GatewayRouteReader.tlsRoute(metadata, onlySpec(root));
            case ReferenceGrant.KIND -> GatewayRouteReader.referenceGrant(metadata, onlySpec(root));
            default -> throw new IllegalArgumentException("kind: " + kind + " (expected: one that is read)");
        };
    }

    /** The spec of an object that has nothing else that an operator may write. */
    private static Fields onlySpec(Fields root) {
        Fields spec = root.object("spec");
        for (String common : new String[] {"apiVersion", "kind", "metadata", "status"}) {
            root.has(common);
        }
        if (!root.has("spec")) {
            root.error("spec", "is missing (expected: an object)");
        }
        root.refuseOthers();
        return spec;
    }
}
