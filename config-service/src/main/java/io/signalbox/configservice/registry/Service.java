package io.signalbox.configservice.registry;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A Kubernetes Service.
 *
 * @param type how it is reached
 * @param clusterIps its addresses; empty for {@link Type#HEADLESS} and {@link Type#EXTERNAL_NAME}, and while none is
 *     assigned
 * @param externalName the name that an {@link Type#EXTERNAL_NAME} service stands for, lower-case; else empty
 * @param selector labels of its pods; endpoints come from slices, so this is for people
 * @param publishNotReadyAddresses whether endpoints that are not ready count
 * @param ports in the order of the declaration
 * @param externalIps addresses outside of the cluster that Kubernetes routes to it
 * @param internalTrafficPolicy which endpoints callers within the cluster use
 * @param trafficDistribution which endpoints are preferred
 * @param exportTo namespaces that see it, by the annotation {@link #EXPORT_TO}: {@code .}, {@code *}, {@code ~} or
 *     names; empty: not declared
 */
public record Service(
        ObjectMeta metadata,
        Type type,
        List<IpAddress> clusterIps,
        String externalName,
        Map<String, String> selector,
        boolean publishNotReadyAddresses,
        List<Port> ports,
        List<IpAddress> externalIps,
        InternalTrafficPolicy internalTrafficPolicy,
        TrafficDistribution trafficDistribution,
        List<String> exportTo)
        implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "Service";

    /** Annotation that lists the namespaces that see the service. */
    public static final String EXPORT_TO = "networking.istio.io/exportTo";

    /** Who comes first where two services claim the same thing: oldest, then name, then namespace. */
    public static final Comparator<Service> CREATION_ORDER = Comparator.comparing(
                    (Service service) -> service.metadata().creationTimestamp())
            .thenComparing(service -> service.metadata().name())
            .thenComparing(service -> service.metadata().namespace());

    public Service {
        clusterIps = List.copyOf(clusterIps);
        selector = Map.copyOf(selector);
        ports = List.copyOf(ports);
        externalIps = List.copyOf(externalIps);
        exportTo = List.copyOf(exportTo);
    }

    /** Which endpoints callers within the cluster use. */
    public enum InternalTrafficPolicy {
        /** All. */
        CLUSTER,
        /** Those of the caller's node. */
        LOCAL
    }

    /** Which endpoints are preferred. */
    public enum TrafficDistribution {
        /** Not declared: none. */
        ANY,
        /** The older word for {@link #PREFER_SAME_ZONE}. */
        PREFER_CLOSE,
        PREFER_SAME_ZONE,
        PREFER_SAME_NODE
    }

    /** How a service is reached. */
    public enum Type {
        /** By cluster IP. */
        CLUSTER_IP,
        /** By the addresses of its endpoints ({@code clusterIP: None}). */
        HEADLESS,
        /** By cluster IP, from outside by a port of every node. */
        NODE_PORT,
        /** By cluster IP, from outside by a load balancer. */
        LOAD_BALANCER,
        /** Not at all: a second name for something else. */
        EXTERNAL_NAME
    }

    /**
     * A port of a service.
     *
     * @param name empty only if it is the service's one port
     * @param port what callers dial, 1 to 65535
     * @param targetPort port number or name at the pods; empty: as {@code port}; endpoints of pods come from slices
     * @param nodePort port at every node; 0: none
     * @param transport what runs below
     * @param appProtocol declared protocol; empty: not declared
     */
    public record Port(
            String name, int port, String targetPort, int nodePort, Transport transport, String appProtocol) {}

    /** Host name of this service, such as {@code catalog.shop.svc.cluster.local}. */
    public String hostName(String clusterDomain) {
        return metadata.name() + "." + metadata.namespace() + ".svc." + clusterDomain;
    }
}
