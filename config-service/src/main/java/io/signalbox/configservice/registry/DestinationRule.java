package io.signalbox.configservice.registry;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An Istio DestinationRule.
 *
 * @param host as declared, lower-case: a short name, a full name, {@code *} or {@code *.} and a suffix
 * @param trafficPolicy for all endpoints
 * @param subsets in the order of the declaration
 * @param exportTo as declared: {@code .}, {@code *}, {@code ~} or namespaces; empty: not declared
 * @param peakEwma whether {@link #BALANCER_ANNOTATION} asks for that balancer
 * @param workloadSelector callers of the rule's namespace that it is for; absent: everyone
 */
public record DestinationRule(
        ObjectMeta metadata,
        String host,
        @Nullable TrafficPolicy trafficPolicy,
        List<Subset> subsets,
        List<String> exportTo,
        boolean peakEwma,
        @Nullable WorkloadSelector workloadSelector)
        implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "DestinationRule";

    /** Names a balancer that Istio does not have, for wherever the rule names none. */
    public static final String BALANCER_ANNOTATION = "signalbox.io/load-balancer";

    /** That balancer: of two endpoints the one that is expected to answer first. */
    public static final String PEAK_EWMA = "PEAK_EWMA";

    public DestinationRule {
        subsets = List.copyOf(subsets);
        exportTo = List.copyOf(exportTo);
    }

    /**
     * Some of the endpoints.
     *
     * @param labels an endpoint has all of these; none: all endpoints
     * @param trafficPolicy for traffic that a rule sent to this subset
     */
    public record Subset(
            String name,
            Map<String, String> labels,
            @Nullable TrafficPolicy trafficPolicy) {
        public Subset {
            labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        }
    }

    /** The host that the rule is for: a name without a dot means a service in the rule's own namespace. */
    public String fullHost(String clusterDomain) {
        return host.indexOf('.') >= 0 || host.equals("*")
                ? host
                : host + "." + metadata.namespace() + ".svc." + clusterDomain;
    }
}
