package io.signalbox.configservice.registry;

/**
 * An Istio DestinationRule, as far as it is read: the host and the simple load balancer.
 *
 * @param host as declared, lower-case: a short name, a full name, or {@code *.} and a suffix
 * @param simple how an endpoint is chosen
 * @param selective whether it is meant for some workloads only; such a rule is not applied
 */
public record DestinationRule(ObjectMeta metadata, String host, Simple simple, boolean selective)
        implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "DestinationRule";

    /** Values of {@code trafficPolicy.loadBalancer.simple}. */
    public enum Simple {
        /** Not declared: the default. */
        UNSPECIFIED,
        LEAST_REQUEST,
        /** The old word for {@link #LEAST_REQUEST}. */
        LEAST_CONN,
        ROUND_ROBIN,
        RANDOM
    }

    /** The host that the rule is for: a name without a dot means a service in the rule's own namespace. */
    public String fullHost(String clusterDomain) {
        return host.indexOf('.') >= 0 || host.equals("*")
                ? host
                : host + "." + metadata.namespace() + ".svc." + clusterDomain;
    }
}
