package io.signalbox.configservice.snapshot;

import io.signalbox.configservice.registry.IpAddress;
import java.util.List;

/**
 * A set of Host values with the routes of the requests that bear one of them.
 *
 * @param name unique within the port: the service's host name
 * @param service host name of the service
 * @param hosts the Host values, ordered; empty where requests are found by address alone
 * @param routes tried in order; the first that matches decides
 * @param addresses addresses of the service, ordered; they match nothing, an agent that captures by binding listens on
 *     them
 */
public record VirtualHost(
        String name, String service, List<HostPattern> hosts, List<Route> routes, List<IpAddress> addresses)
        implements Resource {
    public VirtualHost {
        hosts = List.copyOf(hosts);
        routes = List.copyOf(routes);
        addresses = List.copyOf(addresses);
    }

    @Override
    public String resourceName() {
        return "virtual-host/" + name;
    }
}
