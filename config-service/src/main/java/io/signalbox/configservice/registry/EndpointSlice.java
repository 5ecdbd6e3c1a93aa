package io.signalbox.configservice.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes EndpointSlice: some of the endpoints of a service.
 *
 * @param serviceName name of the service in the same namespace; empty: of none
 * @param addressType what its addresses are
 * @param ports each counts for every endpoint of the slice
 * @param endpoints in the order of the declaration
 */
public record EndpointSlice(
        ObjectMeta metadata, String serviceName, AddressType addressType, List<Port> ports, List<Endpoint> endpoints)
        implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "EndpointSlice";

    /** Label that names the service of a slice. */
    public static final String SERVICE_NAME_LABEL = "kubernetes.io/service-name";

    public EndpointSlice {
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
    }

    /** What the addresses of a slice are. */
    public enum AddressType {
        IPV4,
        IPV6,
        /** Host names; such slices are not routed to and their endpoints carry no addresses. */
        FQDN
    }

    /**
     * A port of the endpoints.
     *
     * @param name joins it with the service's port of that name; may be empty
     * @param port port number at the endpoint; 0: unrestricted, routed to by nobody
     * @param transport what runs below
     */
    public record Port(String name, int port, Transport transport) {}

    /**
     * An endpoint of a slice.
     *
     * @param addresses all are the same endpoint
     * @param ready whether it wants new traffic; true when not declared
     * @param serving whether it answers, terminating or not; as {@code ready} when not declared
     * @param terminating whether it is going away; false when not declared
     * @param zone empty: unknown
     * @param nodeName empty: unknown
     * @param target the object behind it, as a rule a pod
     */
    public record Endpoint(
            List<IpAddress> addresses,
            boolean ready,
            boolean serving,
            boolean terminating,
            String zone,
            String nodeName,
            @Nullable ObjectRef target) {
        public Endpoint {
            addresses = List.copyOf(addresses);
        }
    }
}
