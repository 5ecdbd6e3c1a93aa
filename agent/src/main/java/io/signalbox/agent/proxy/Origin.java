package io.signalbox.agent.proxy;

import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.Workload;
import io.signalbox.agent.routing.RoutingTable;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Where a downstream connection comes from and was going to. Confined to the connection's event loop. */
public final class Origin {
    private final InetSocketAddress peer;
    private final InetSocketAddress destination;
    private final Endpoint destinationEndpoint;
    private final @Nullable CallingPod pod;
    private final long acceptedNanos;
    private final boolean loopsBack;
    private @Nullable Workload workload;
    private Caller caller;

    /**
     * @param peer the caller's address
     * @param destination the original destination
     * @param pod the pod that calls, where its own network namespace tells; null: the caller's address does
     * @param routingTable tells which workload the caller is
     * @param acceptedNanos when it was accepted, by the loop's clock
     * @param loopsBack whether the destination is a listener of the agent itself (explicit capture)
     */
    public Origin(
            InetSocketAddress peer,
            InetSocketAddress destination,
            @Nullable CallingPod pod,
            RoutingTable routingTable,
            long acceptedNanos,
            boolean loopsBack) {
        this.peer = peer;
        this.destination = destination;
        this.destinationEndpoint = new Endpoint(destination.getAddress(), destination.getPort());
        this.acceptedNanos = acceptedNanos;
        this.loopsBack = loopsBack;
        this.pod = pod;
        this.workload = workload(routingTable.workloads());
        this.caller = caller(routingTable.workloads());
    }

    /** A newer table may know who the caller is: a pod can be faster than the news of it. */
    public void refresh(RoutingTable routingTable) {
        workload = workload(routingTable.workloads());
        caller = caller(routingTable.workloads());
    }

    private @Nullable Workload workload(NodeWorkloads workloads) {
        return pod == null ? workloads.at(peer.getAddress()) : workloads.withUid(pod.uid());
    }

    private Caller caller(NodeWorkloads workloads) {
        return pod == null ? workloads.callerAt(peer.getAddress()) : workloads.callerWithUid(pod.uid());
    }

    /** The pod that calls, where its own network namespace tells; else null. */
    public @Nullable CallingPod pod() {
        return pod;
    }

    /** The caller's address. */
    public InetSocketAddress peer() {
        return peer;
    }

    /** The original destination. */
    public InetSocketAddress destination() {
        return destination;
    }

    /** Whether passing traffic through to the destination would bring it back here. */
    public boolean loopsBack() {
        return loopsBack;
    }

    /** Who asks, as far as routing depends on it. */
    public Caller caller() {
        return caller;
    }

    /** {@code namespace/name} of the calling workload, null when unknown. */
    public @Nullable String workloadName() {
        Workload known = workload;
        return known == null ? null : known.namespace() + "/" + known.name();
    }

    /** The original destination as an endpoint, for passthrough. */
    public Endpoint destinationEndpoint() {
        return destinationEndpoint;
    }

    /** The caller's address, for people. */
    public String peerText() {
        return new Endpoint(peer.getAddress(), peer.getPort()).toString();
    }

    /** The original destination, for people. */
    public String destinationText() {
        return destinationEndpoint().toString();
    }

    /**
     * How long ago the connection was accepted.
     *
     * @param nowNanos by the loop's clock
     */
    public long ageMillis(long nowNanos) {
        return TimeUnit.NANOSECONDS.toMillis(nowNanos - acceptedNanos);
    }
}
