package io.signalbox.loadtest.cluster;

import java.util.List;
import java.util.Map;

/**
 * A Kubernetes Service.
 *
 * @param namespace of the service
 * @param name of the service
 * @param kind how it is reached
 * @param clusterIp its address; empty for {@link Kind#HEADLESS} and {@link Kind#EXTERNAL_NAME}
 * @param ports TCP ports
 * @param selector labels of the pods behind it
 * @param externalName what an {@link Kind#EXTERNAL_NAME} stands for; else empty
 */
public record ClusterService(
        String namespace,
        String name,
        Kind kind,
        String clusterIp,
        List<Port> ports,
        Map<String, String> selector,
        String externalName) {

    /** How a service is reached. */
    public enum Kind {
        /** By an address of its own. */
        CLUSTER_IP,
        /** By an address of its own, and by a port of every node. */
        NODE_PORT,
        /** By the addresses of its pods, which DNS tells. */
        HEADLESS,
        /** Another name, which DNS follows. */
        EXTERNAL_NAME
    }

    /** Keeps its own copies. */
    public ClusterService {
        ports = List.copyOf(ports);
        selector = Map.copyOf(selector);
    }

    /** A service with an address, for pods with the label {@code app} of its name. */
    public static ClusterService clusterIp(String namespace, String name, String address, Port... ports) {
        return new ClusterService(namespace, name, Kind.CLUSTER_IP, address, List.of(ports), Map.of("app", name), "");
    }

    /** The same service, reachable by its ports' node ports as well. */
    public ClusterService asNodePort() {
        return new ClusterService(namespace, name, Kind.NODE_PORT, clusterIp, ports, selector, externalName);
    }

    /** The same service for pods with the label {@code app} of that value. */
    public ClusterService selecting(String app) {
        return new ClusterService(namespace, name, kind, clusterIp, ports, Map.of("app", app), externalName);
    }

    /** A headless service for pods with the label {@code app} of its name. */
    public static ClusterService headless(String namespace, String name, Port... ports) {
        return new ClusterService(namespace, name, Kind.HEADLESS, "", List.of(ports), Map.of("app", name), "");
    }

    /** Another name for a host. */
    public static ClusterService externalName(String namespace, String name, String host, Port... ports) {
        return new ClusterService(namespace, name, Kind.EXTERNAL_NAME, "", List.of(ports), Map.of(), host);
    }

    /** Its full name, such as {@code catalog.shop.svc.cluster.local}. */
    public String host() {
        return name + "." + namespace + ".svc.cluster.local";
    }

    /** Whether that pod is behind it, ready or not. */
    boolean selects(PodState pod) {
        return !selector.isEmpty()
                && pod.namespace().equals(namespace)
                && pod.labels().entrySet().containsAll(selector.entrySet());
    }

    /**
     * A port.
     *
     * @param name which declares the protocol
     * @param port that is dialled
     * @param targetPort of the pods
     * @param nodePort of the nodes; 0: none
     */
    public record Port(String name, int port, int targetPort, int nodePort) {
        /** A port without a node port. */
        public static Port of(String name, int port, int targetPort) {
            return new Port(name, port, targetPort, 0);
        }
    }
}
