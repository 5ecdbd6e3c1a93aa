package io.signalbox.agent.model;

import java.util.List;

/**
 * Where traffic goes: a service port with its policy and endpoints.
 *
 * @param name unique within the port: {@code host:port} or {@code host:port/subset}
 * @param host host name of the service
 * @param port service port, not the target port
 * @param loadBalancer how an endpoint is chosen
 * @param endpoints may be empty: then requests are answered 503 and connections closed
 */
public record Backend(String name, String host, int port, LoadBalancer loadBalancer, List<Endpoint> endpoints) {
    public Backend {
        endpoints = List.copyOf(endpoints);
    }
}
