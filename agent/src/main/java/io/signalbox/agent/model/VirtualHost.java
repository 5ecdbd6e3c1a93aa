package io.signalbox.agent.model;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frontend of Host values with the routes of the requests that bear one of them.
 *
 * @param name unique within the port
 * @param service host name of the service
 * @param hosts the Host values
 * @param routes tried in order; the first that matches decides; when none matches the request is answered 404
 * @param addresses addresses of the service; they match nothing, explicit capture listens on them
 * @param otherwise name of the virtual host that stands in for this one for callers to whom no route of it can ever
 *     apply, for want of labels or of routes; null: to them the Host value is unknown
 */
public record VirtualHost(
        String name,
        String service,
        List<HostPattern> hosts,
        List<Route> routes,
        List<InetAddress> addresses,
        @Nullable String otherwise) {
    public VirtualHost {
        hosts = List.copyOf(hosts);
        routes = List.copyOf(routes);
        addresses = List.copyOf(addresses);
    }
}
