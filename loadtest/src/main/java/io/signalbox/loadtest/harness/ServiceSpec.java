package io.signalbox.loadtest.harness;

/**
 * A Kubernetes Service with one port, as the registry is to show it.
 *
 * @param namespace of the service
 * @param name of the service
 * @param protocol what the port's name declares
 * @param balance what a DestinationRule says, if any
 * @param clusterIp its address; empty: the mesh picks one in 127.1.0.0/16
 * @param port its port; 0: the mesh picks a free one
 * @param targetPort port of its endpoints; 0: the mesh picks a free one
 */
public record ServiceSpec(
        String namespace,
        String name,
        PortProtocol protocol,
        Balance balance,
        String clusterIp,
        int port,
        int targetPort) {

    /** What a port's name declares. */
    public enum PortProtocol {
        HTTP("http"),
        GRPC("grpc"),
        HTTP2("http2"),
        TCP("tcp"),
        /** A name that declares nothing. */
        UNDECLARED("main");

        private final String portName;

        PortProtocol(String portName) {
            this.portName = portName;
        }

        String portName() {
            return portName;
        }
    }

    /** How endpoints are chosen. */
    public enum Balance {
        /** No DestinationRule. */
        DEFAULT,
        ROUND_ROBIN
    }

    /** A service of that protocol in namespace {@code shop}, everything else by default. */
    public static ServiceSpec of(String name, PortProtocol protocol) {
        return new ServiceSpec("shop", name, protocol, Balance.DEFAULT, "", 0, 0);
    }

    /** The same, balanced by round robin. */
    public ServiceSpec roundRobin() {
        return new ServiceSpec(namespace, name, protocol, Balance.ROUND_ROBIN, clusterIp, port, targetPort);
    }

    /** The same on that port. */
    public ServiceSpec withPort(int newPort) {
        return new ServiceSpec(namespace, name, protocol, balance, clusterIp, newPort, targetPort);
    }

    /** The same with that address. */
    public ServiceSpec withClusterIp(String address) {
        return new ServiceSpec(namespace, name, protocol, balance, address, port, targetPort);
    }

    /** The same with endpoints on that port. */
    public ServiceSpec withTargetPort(int newTargetPort) {
        return new ServiceSpec(namespace, name, protocol, balance, clusterIp, port, newTargetPort);
    }

    /** Its full name, such as {@code catalog.shop.svc.cluster.local}. */
    public String host() {
        return name + "." + namespace + ".svc.cluster.local";
    }
}
