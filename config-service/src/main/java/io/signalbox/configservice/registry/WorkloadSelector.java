package io.signalbox.configservice.registry;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Selects workloads of the namespace of the object that it stands in.
 *
 * @param labels each must be there; none: every workload
 */
public record WorkloadSelector(Map<String, String> labels) {
    public WorkloadSelector {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /** Whether a workload with these labels is selected. */
    public boolean selects(Map<String, String> ofWorkload) {
        return ofWorkload.entrySet().containsAll(labels.entrySet());
    }
}
