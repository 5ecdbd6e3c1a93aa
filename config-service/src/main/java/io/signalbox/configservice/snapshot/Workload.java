package io.signalbox.configservice.snapshot;

import io.signalbox.configservice.registry.IpAddress;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A pod, as a caller. Ordered by namespace, then name.
 *
 * @param addresses ordered, each once
 * @param labels ordered by key
 */
public record Workload(
        String namespace, String name, List<IpAddress> addresses, Map<String, String> labels, String serviceAccount)
        implements Comparable<Workload> {
    private static final Comparator<Workload> ORDER =
            Comparator.comparing(Workload::namespace).thenComparing(Workload::name);

    public Workload {
        addresses = List.copyOf(addresses);
        SortedMap<String, String> byKey = new TreeMap<>(labels);
        labels = Collections.unmodifiableSortedMap(byKey);
    }

    @Override
    public int compareTo(Workload other) {
        return ORDER.compare(this, other);
    }
}
