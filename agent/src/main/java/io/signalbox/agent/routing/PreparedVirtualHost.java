package io.signalbox.agent.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A virtual host with its routes prepared.
 *
 * @param service host name of the service
 * @param routes in the order in which they are tried
 */
public record PreparedVirtualHost(String service, List<PreparedRoute> routes) {
    public PreparedVirtualHost {
        routes = List.copyOf(routes);
    }

    /** The first route, or null when the virtual host has none: then the request is answered 404. */
    public @Nullable PreparedRoute route() {
        return routes.isEmpty() ? null : routes.get(0);
    }
}
