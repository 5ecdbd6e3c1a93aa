package io.signalbox.configservice.compile.services;

/**
 * A routed port of a service.
 *
 * @param number what callers dial
 * @param name joins it with the ports of endpoints
 * @param protocol what it speaks
 * @param targetPort port at the endpoints where nothing else says; 0: as {@code number}
 */
public record MeshPort(int number, String name, PortProtocol protocol, int targetPort) {
    /** The port at an endpoint that declares none of its own. */
    public int endpointPort() {
        return targetPort == 0 ? number : targetPort;
    }
}
