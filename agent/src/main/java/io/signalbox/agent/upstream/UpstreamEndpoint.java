package io.signalbox.agent.upstream;

import io.signalbox.agent.balance.Load;
import io.signalbox.agent.balance.PeakEwma;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.stats.EndpointStats;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as one event loop knows it: how busy it is, and its pools. Confined to the loop.
 *
 * <p>It is kept while a backend refers to it, a request runs on it or a connection to it is open, so that all backends
 * and snapshots that name one address in one scope share its load and its connections.
 */
public final class UpstreamEndpoint implements Load {
    /** Connections for requests that one loop opens to one endpoint, whatever the backend may have. */
    static final int MAX_SHARED_CONNECTIONS = 1024;

    private final Upstreams owner;
    private final Endpoint endpoint;
    private final EndpointScope scope;
    private final Variant variant;
    private final EndpointStats stats;
    private @Nullable EndpointHealth health;

    /** Null until a backend chooses by it. */
    private @Nullable PeakEwma latency;

    private long knownSinceNanos;
    private @Nullable Pool http1;
    private @Nullable Pool http2;
    private int activeRequests;
    private int openConnections;
    private int references;

    /**
     * What tells endpoints with one address and scope apart.
     *
     * @param hostName looked up when a connection is opened, in place of the address; null: none
     * @param serverName that the requests are for, where TLS needs it; empty: none
     * @param balanced the endpoint whose load this one is part of; null: it stands for itself
     */
    record Variant(
            @Nullable String hostName,
            String serverName,
            @Nullable UpstreamEndpoint balanced) {
        static final Variant ADDRESS = new Variant(null, "", null);
    }

    UpstreamEndpoint(Upstreams owner, Endpoint endpoint, EndpointScope scope, Variant variant, EndpointStats stats) {
        this.owner = owner;
        this.endpoint = endpoint;
        this.scope = scope;
        this.variant = variant;
        this.stats = stats;
    }

    /** Its address and port. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** What this loop counted for it. */
    public EndpointStats stats() {
        return stats;
    }

    /** What it has in common with the other endpoints of its backend. */
    public EndpointScope scope() {
        return scope;
    }

    Variant variant() {
        return variant;
    }

    /** Looked up when a connection is opened, in place of the address; null: none. */
    @Nullable
    String hostName() {
        return variant.hostName();
    }

    /** Name of the server that its requests are for; empty: unknown. */
    String serverName() {
        return variant.serverName();
    }

    @Override
    public Load balanced() {
        UpstreamEndpoint whole = variant.balanced();
        return whole == null ? this : whole;
    }

    @Override
    public int activeRequests() {
        return activeRequests;
    }

    @Override
    public double expectedNanos(long nowNanos) {
        return latency().cost(activeRequests, nowNanos);
    }

    /** Its latency is to be measured from now on. */
    void measureLatency() {
        latency();
    }

    private PeakEwma latency() {
        PeakEwma known = latency;
        if (known == null) {
            known = new PeakEwma();
            latency = known;
        }
        return known;
    }

    /** The latency of its answers, which who sends requests is to tell; null: nobody wants to know. */
    public @Nullable PeakEwma measuredLatency() {
        UpstreamEndpoint whole = variant.balanced();
        return whole == null ? latency : whole.latency;
    }

    @Override
    public boolean isHealthy() {
        return health == null || !health.ejected;
    }

    @Override
    public long knownSinceNanos() {
        return knownSinceNanos;
    }

    /**
     * A request is to begin on it.
     *
     * @return false when the backend has as many as it may have (response flag UO): then nothing has begun
     */
    public boolean requestStarted() {
        if (!scope.breaker().requests().tryTake()) {
            return false;
        }
        opaqueStarted();
        return true;
    }

    /** A request that began on it has ended. */
    public void requestEnded() {
        scope.breaker().requests().release();
        opaqueEnded();
    }

    /** An opaque connection begins on it. */
    public void opaqueStarted() {
        addActive(1);
        stats.requests.increment();
        stats.active.increment();
    }

    /** An opaque connection that began on it has ended. */
    public void opaqueEnded() {
        addActive(-1);
        stats.active.decrement();
        owner.forgetIfUnused(this);
    }

    private void addActive(int number) {
        activeRequests += number;
        UpstreamEndpoint whole = variant.balanced();
        if (whole != null) {
            whole.activeRequests += number;
        }
    }

    /**
     * A response began. To be called once per response, for outlier detection.
     *
     * @param status of HTTP; for gRPC that the HTTP status which stands for its status, if that is in the headers
     */
    public void responded(int status) {
        if (health != null) {
            health.responded(status);
        }
    }

    /** An attempt on it, or an opaque connection to it, failed; for outlier detection. */
    public void failed(AttemptFailure failure) {
        if (health != null && failure != AttemptFailure.OVERFLOW) {
            health.failed();
        }
    }

    /** An opaque connection to it is open; for outlier detection. */
    public void answered() {
        if (health != null) {
            health.connected();
        }
    }

    /**
     * A connection to it is to be opened.
     *
     * @return false when the backend has as many as it may have: then nothing has begun
     */
    public boolean connectionStarted() {
        if (!scope.breaker().connections().tryTake()) {
            return false;
        }
        openConnections++;
        return true;
    }

    /**
     * A connection to it is to be opened for a request that can wait for another.
     *
     * @return false when the backend has as many connections as it may have, and this loop one of them to this
     *     endpoint; or when this loop has {@value #MAX_SHARED_CONNECTIONS} to this endpoint
     */
    public boolean sharedConnectionStarted() {
        if (openConnections >= MAX_SHARED_CONNECTIONS) {
            return false;
        }
        if (openConnections > 0) {
            return connectionStarted();
        }
        // Whoever waits must have something to wait for, so each loop may have one connection to each endpoint.
        scope.breaker().connections().take();
        openConnections++;
        return true;
    }

    /** A connection to it is open. */
    public void connectionOpened() {
        stats.connectionsOpened.increment();
        stats.connectionsActive.increment();
    }

    /** A connection to it that was open is closed. */
    public void connectionClosed() {
        scope.breaker().connections().release();
        openConnections--;
        stats.connectionsActive.decrement();
        owner.forgetIfUnused(this);
    }

    /** A connection to it could not be opened. */
    public void connectFailed() {
        scope.breaker().connections().release();
        openConnections--;
        stats.connectFailures.increment();
        owner.forgetIfUnused(this);
    }

    /** Whether connections may be kept for later requests: false once no backend refers to it. */
    public boolean isReferenced() {
        return references > 0;
    }

    boolean isUnused() {
        return references == 0 && activeRequests == 0 && openConnections == 0;
    }

    void addReference() {
        if (references == 0) {
            // One that left and came back is new to the backend.
            health = scope.health(endpoint);
            knownSinceNanos = scope.knownSinceNanos(endpoint);
        }
        references++;
    }

    void removeReference() {
        references--;
        if (references == 0) {
            if (http1 != null) {
                http1.retire();
            }
            if (http2 != null) {
                http2.retire();
            }
            owner.forgetIfUnused(this);
        }
    }

    void closeIdle(int tick, int idleTicks) {
        if (http1 != null) {
            http1.closeIdle(tick, idleTicks);
        }
        if (http2 != null) {
            http2.closeIdle(tick, idleTicks);
        }
    }

    /** Whether a connection to it is open, or being opened. */
    boolean isInUse() {
        return openConnections > 0;
    }

    /** Opens connections of the kinds that another endpoint of its backend has, for requests that are about to come. */
    void warmLike(UpstreamEndpoint other) {
        if (other.http1 != null && http1 == null) {
            http1 = other.http1.ofSameKind(this);
            http1.warm();
        }
        if (other.http2 != null && http2 == null) {
            http2 = other.http2.ofSameKind(this);
            http2.warm();
        }
    }

    /**
     * The pool of HTTP/1 connections; made at first use. Always call with the same context and a factory of the same
     * type.
     */
    @SuppressWarnings("unchecked") // only proxy.http1 uses this slot
    public <C, P extends Pool> P http1Pool(C context, BiFunction<C, UpstreamEndpoint, P> factory) {
        if (http1 == null) {
            http1 = factory.apply(context, this);
        }
        return (P) http1;
    }

    /** Likewise for HTTP/2. */
    @SuppressWarnings("unchecked") // only proxy.http2 uses this slot
    public <C, P extends Pool> P http2Pool(C context, BiFunction<C, UpstreamEndpoint, P> factory) {
        if (http2 == null) {
            http2 = factory.apply(context, this);
        }
        return (P) http2;
    }

    @Override
    public String toString() {
        return variant.hostName() == null ? endpoint.toString() : variant.hostName() + ":" + endpoint.port();
    }
}
