package io.signalbox.agent.routing;

import java.util.List;

/**
 * An SNI frontend with its routes prepared.
 *
 * @param name as in the snapshot
 * @param routes the first that fits
 */
record PreparedSni(String name, List<PreparedL4Route> routes) {
    PreparedSni {
        routes = List.copyOf(routes);
    }
}
