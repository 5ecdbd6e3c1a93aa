package io.signalbox.configservice.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An Istio Sidecar, as far as outbound traffic is concerned: what its workloads see.
 *
 * @param workloadSelector workloads of the namespace that it is for; absent: all
 * @param egress empty: not declared, which means everything
 * @param outboundTrafficPolicy absent: as the mesh says
 */
public record Sidecar(
        ObjectMeta metadata,
        @Nullable WorkloadSelector workloadSelector,
        List<Egress> egress,
        @Nullable OutboundTrafficPolicy outboundTrafficPolicy)
        implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "Sidecar";

    public Sidecar {
        egress = List.copyOf(egress);
    }

    /**
     * What is seen on one port, or on those that no other names.
     *
     * @param port 0: those that no other names
     * @param hosts as declared: {@code namespace/host}, lower-case
     */
    public record Egress(int port, List<HostSelector> hosts) {
        public Egress {
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * Services by namespace and host.
     *
     * @param namespace a name, {@code .} (the own one), {@code *} (any), {@code ~} (none) or {@code ~} and a name (left
     *     out)
     * @param host full name, {@code *} or {@code *.} and a suffix
     */
    public record HostSelector(String namespace, String host) {
        @Override
        public String toString() {
            return namespace + "/" + host;
        }
    }

    /**
     * What happens to traffic that matches nothing.
     *
     * @param egressProxy where it goes instead of its destination; absent: to its destination
     */
    public record OutboundTrafficPolicy(Mode mode, @Nullable Destination egressProxy) {
        /** Whether it may pass. */
        public enum Mode {
            REGISTRY_ONLY,
            ALLOW_ANY
        }
    }
}
