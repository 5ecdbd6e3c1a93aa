package io.signalbox.agent.model;

import java.net.InetAddress;
import java.util.List;

/**
 * A frontend of Host values with the routes of the requests that bear one of them.
 *
 * @param name unique within the port
 * @param service host name of the service
 * @param hosts the Host values
 * @param routes tried in order; the first that matches decides
 * @param addresses addresses of the service; they match nothing, explicit capture listens on them
 */
public record VirtualHost(
        String name, String service, List<HostPattern> hosts, List<Route> routes, List<InetAddress> addresses) {
    public VirtualHost {
        hosts = List.copyOf(hosts);
        routes = List.copyOf(routes);
        addresses = List.copyOf(addresses);
    }
}
