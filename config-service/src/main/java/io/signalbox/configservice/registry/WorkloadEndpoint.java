package io.signalbox.configservice.registry;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A workload that is declared by hand.
 *
 * @param address IP address, host name, or {@code unix://} and a path; empty: only in other networks
 * @param ports by name of the service's port; what is not in it has the service's target port
 * @param network empty: the own one
 * @param locality empty: that of the node or unknown
 * @param weight share relative to the other endpoints; 0: not declared, which means 1
 * @param serviceAccount empty: unknown
 */
public record WorkloadEndpoint(
        String address,
        Map<String, Integer> ports,
        Map<String, String> labels,
        String network,
        Locality locality,
        long weight,
        String serviceAccount) {
    public WorkloadEndpoint {
        ports = Collections.unmodifiableMap(new TreeMap<>(ports));
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }
}
