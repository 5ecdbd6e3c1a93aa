package io.signalbox.configservice.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An Istio ServiceEntry: each host is one service.
 *
 * @param hosts full names, lower-case, or {@code *.} and a suffix
 * @param addresses empty: none
 * @param endpoints declared in place; empty: none
 * @param workloadSelector pods and WorkloadEntries of the namespace that are the endpoints; absent: none
 * @param exportTo as declared: {@code .}, {@code *}, {@code ~} or namespaces; empty: not declared
 * @param subjectAltNames identities that a server may have; empty: not declared
 */
public record ServiceEntry(
        ObjectMeta metadata,
        List<String> hosts,
        List<Cidr> addresses,
        List<Port> ports,
        Location location,
        Resolution resolution,
        List<WorkloadEndpoint> endpoints,
        @Nullable WorkloadSelector workloadSelector,
        List<String> exportTo,
        List<String> subjectAltNames)
        implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "ServiceEntry";

    public ServiceEntry {
        hosts = List.copyOf(hosts);
        addresses = List.copyOf(addresses);
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
        exportTo = List.copyOf(exportTo);
        subjectAltNames = List.copyOf(subjectAltNames);
    }

    /**
     * A port of the service.
     *
     * @param number what callers dial
     * @param name joins it with the ports of endpoints
     * @param protocol word such as {@code HTTP}; empty: not declared
     * @param targetPort at the endpoints; 0: as {@code number}
     */
    public record Port(int number, String name, String protocol, int targetPort) {}

    /** Where the service runs. */
    public enum Location {
        MESH_EXTERNAL,
        MESH_INTERNAL
    }

    /** How the endpoints of the service are found. */
    public enum Resolution {
        /** The original destination is the endpoint. */
        NONE,
        /** They are declared. */
        STATIC,
        /** By DNS, over all addresses found. */
        DNS,
        /** By DNS, one current answer. */
        DNS_ROUND_ROBIN,
        /** By DNS of Host or SNI, per request. */
        DYNAMIC_DNS
    }
}
