package io.signalbox.agent.model;

import java.util.List;

/**
 * Matches TLS connections by SNI, whatever their destination, where no exact address frontend and no range takes them.
 *
 * @param name unique within the port
 * @param hosts the SNI values: names, or {@code *.} and a suffix
 * @param routes the first that fits; when none fits the connection is unmatched
 */
public record SniFrontend(String name, List<HostPattern> hosts, List<L4Route> routes) {
    public SniFrontend {
        hosts = List.copyOf(hosts);
        routes = List.copyOf(routes);
    }
}
