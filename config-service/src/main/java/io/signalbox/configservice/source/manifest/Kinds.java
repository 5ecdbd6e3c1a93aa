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
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The kinds that are read, and by whom. */
final class Kinds {
    private Kinds() {}

    /**
     * The API versions in which a kind is read, ordered.
     *
     * @return empty when the kind is not read at all
     */
    static Set<String> apiVersions(String kind) {
        return switch (kind) {
            case Namespace.KIND, Node.KIND, Service.KIND, Pod.KIND -> Set.of("v1");
            case EndpointSlice.KIND -> Set.of("discovery.k8s.io/v1");
            case VirtualService.KIND, DestinationRule.KIND, ServiceEntry.KIND, WorkloadEntry.KIND, Sidecar.KIND ->
                versions("networking.istio.io", "v1", "v1beta1", "v1alpha3");
            case HttpRoute.KIND, ReferenceGrant.KIND -> versions(GatewayTypes.GROUP, "v1", "v1beta1", "v1alpha2");
            case GrpcRoute.KIND, TcpRoute.KIND -> versions(GatewayTypes.GROUP, "v1", "v1alpha2");
            case TlsRoute.KIND -> versions(GatewayTypes.GROUP, "v1", "v1alpha3", "v1alpha2");
            default -> Set.of();
        };
    }

    private static Set<String> versions(String group, String... versions) {
        return Arrays.stream(versions)
                .map(version -> group + "/" + version)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether objects of the kind have no namespace. */
    static boolean isClusterScoped(String kind) {
        return kind.equals(Namespace.KIND) || kind.equals(Node.KIND);
    }

    /** Reads an object of a kind that has {@link #apiVersions}. */
    static RegistryObject read(String kind, ObjectMeta metadata, Fields root) {
        return switch (kind) {
            case Namespace.KIND -> new Namespace(metadata, CoreReader.capture(root));
            case Node.KIND -> new Node(metadata);
            case Service.KIND -> ServiceReader.read(metadata, root);
            case Pod.KIND -> CoreReader.pod(metadata, root);
            case EndpointSlice.KIND -> CoreReader.endpointSlice(metadata, root);
            case VirtualService.KIND -> VirtualServiceReader.read(metadata, onlySpec(root));
            case DestinationRule.KIND -> DestinationRuleReader.read(metadata, onlySpec(root));
            case ServiceEntry.KIND -> ServiceEntryReader.serviceEntry(metadata, onlySpec(root));
            case WorkloadEntry.KIND -> ServiceEntryReader.workloadEntry(metadata, onlySpec(root));
            case Sidecar.KIND -> SidecarReader.read(metadata, onlySpec(root));
            case HttpRoute.KIND -> GatewayRouteReader.httpRoute(metadata, onlySpec(root));
            case GrpcRoute.KIND -> GatewayRouteReader.grpcRoute(metadata, onlySpec(root));
            case TcpRoute.KIND -> GatewayRouteReader.tcpRoute(metadata, onlySpec(root));
            case TlsRoute.KIND -> GatewayRouteReader.tlsRoute(metadata, onlySpec(root));
            case ReferenceGrant.KIND -> GatewayRouteReader.referenceGrant(metadata, onlySpec(root));
            default -> throw new IllegalArgumentException("kind: " + kind + " (expected: one with apiVersions)");
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
