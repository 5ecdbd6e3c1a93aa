package io.signalbox.agent.proxy;

import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.Workload;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a downstream connection comes from and was going to.
 *
 * @param peer the caller's address
 * @param destination the original destination
 * @param workload the calling workload, null when its address is not known
 * @param acceptedNanos when it was accepted, by the loop's clock
 * @param loopsBack whether the destination is a listener of the agent itself (explicit capture): passing traffic through
 *     to it would come back here
 */
public record Origin(
        InetSocketAddress peer,
        InetSocketAddress destination,
        @Nullable Workload workload,
        long acceptedNanos,
        boolean loopsBack) {
    /** Namespace of the calling workload; empty when unknown. */
    public String namespace() {
        return workload == null ? "" : workload.namespace();
    }

    /** {@code namespace/name} of the calling workload, null when unknown. */
    public @Nullable String workloadName() {
        return workload == null ? null : workload.namespace() + "/" + workload.name();
    }

    /** The original destination as an endpoint, for passthrough. */
    public Endpoint destinationEndpoint() {
        return new Endpoint(destination.getAddress(), destination.getPort());
    }
}
