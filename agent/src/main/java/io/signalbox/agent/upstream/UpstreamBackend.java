package io.signalbox.agent.upstream;

import io.signalbox.agent.balance.Balancer;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.stats.BackendStats;
import org.jspecify.annotations.Nullable;

/** A backend as one event loop knows it: whose turn it is, and what was counted. Confined to the loop. */
public final class UpstreamBackend {
    private final BackendStats stats;
    private PreparedBackend prepared;
    private Balancer<UpstreamEndpoint> balancer;

    UpstreamBackend(PreparedBackend prepared, Balancer<UpstreamEndpoint> balancer, BackendStats stats) {
        this.prepared = prepared;
        this.balancer = balancer;
        this.stats = stats;
    }

    /** What the snapshot says of it. */
    public PreparedBackend prepared() {
        return prepared;
    }

    /** What this loop counted for it. */
    public BackendStats stats() {
        return stats;
    }

    /**
     * Picks an endpoint.
     *
     * @param avoid an endpoint that failed the request before, null for a first attempt
     * @return null when the backend has no endpoint
     */
    public @Nullable UpstreamEndpoint pick(@Nullable UpstreamEndpoint avoid) {
        return balancer.pick(avoid);
    }

    Balancer<UpstreamEndpoint> balancer() {
        return balancer;
    }

    void replace(PreparedBackend newer, Balancer<UpstreamEndpoint> newBalancer) {
        prepared = newer;
        balancer = newBalancer;
    }
}
