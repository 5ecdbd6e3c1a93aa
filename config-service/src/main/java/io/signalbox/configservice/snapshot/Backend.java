package io.signalbox.configservice.snapshot;

import java.util.List;

/**
 * Where traffic goes: a service port with its policy and endpoints.
 *
 * @param name unique within the port: {@code host:port}
 * @param host host name of the service
 * @param port service port, not the target port
 * @param loadBalancer how an endpoint is chosen
 * @param endpoints those that may get new traffic, ordered, each once
 */
public record Backend(String name, String host, int port, LoadBalancer loadBalancer, List<Endpoint> endpoints)
        implements Resource {
    public Backend {
        endpoints = List.copyOf(endpoints);
    }

    @Override
    public String resourceName() {
        return "backend/" + name;
    }
}
