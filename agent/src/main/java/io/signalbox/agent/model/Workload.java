package io.signalbox.agent.model;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/**
 * The pod behind a connection.
 *
 * @param namespace its Kubernetes namespace
 * @param name its name
 * @param addresses its addresses
 * @param labels its labels
 * @param serviceAccount its service account; empty when unknown
 */
public record Workload(
        String namespace, String name, List<InetAddress> addresses, Map<String, String> labels, String serviceAccount) {
    public Workload {
        addresses = List.copyOf(addresses);
        labels = Map.copyOf(labels);
    }
}
