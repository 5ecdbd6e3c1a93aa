package io.signalbox.agent.upstream;

import io.signalbox.agent.balance.Load;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.stats.EndpointStats;
import java.net.InetSocketAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as one event loop knows it: how busy it is, and its pools. Confined to the loop.
 *
 * <p>It is kept while a backend refers to it, a request runs on it or a connection to it is open, so that all backends
 * and snapshots that name one address share its load and its connections.
 */
public final class UpstreamEndpoint implements Load {
    private final Upstreams owner;
    private final Endpoint endpoint;
    private final InetSocketAddress socketAddress;
    private final EndpointStats stats;
    private @Nullable Pool http1;
    private @Nullable Pool http2;
    private int activeRequests;
    private int openConnections;
    private int references;

    UpstreamEndpoint(Upstreams owner, Endpoint endpoint, EndpointStats stats) {
        this.owner = owner;
        this.endpoint = endpoint;
        this.socketAddress = endpoint.toSocketAddress();
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

    InetSocketAddress socketAddress() {
        return socketAddress;
    }

    @Override
    public int activeRequests() {
        return activeRequests;
    }

    /** A request (for HTTP) or connection (for TCP) begins on it. */
    public void requestStarted() {
        activeRequests++;
        stats.requests.increment();
        stats.active.increment();
    }

    /** A request or TCP connection that began on it has ended. */
    public void requestEnded() {
        activeRequests--;
        stats.active.decrement();
        owner.forgetIfUnused(this);
    }

    /** A connection to it is being opened. */
    public void connectionStarted() {
        openConnections++;
    }

    /** A connection to it is open. */
    public void connectionOpened() {
        stats.connectionsOpened.increment();
        stats.connectionsActive.increment();
    }

    /** A connection to it that was open is closed. */
    public void connectionClosed() {
        openConnections--;
        stats.connectionsActive.decrement();
        owner.forgetIfUnused(this);
    }

    /** A connection to it could not be opened. */
    public void connectFailed() {
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

    /** The pool of HTTP/1 connections; made at first use. Always call with a factory of the same type. */
    @SuppressWarnings("unchecked") // only proxy.http1 uses this slot
    public <P extends Pool> P http1Pool(Function<UpstreamEndpoint, P> factory) {
        if (http1 == null) {
            http1 = factory.apply(this);
        }
        return (P) http1;
    }

    /** The pool of HTTP/2 connections; made at first use. Always call with a factory of the same type. */
    @SuppressWarnings("unchecked") // only proxy.http2 uses this slot
    public <P extends Pool> P http2Pool(Function<UpstreamEndpoint, P> factory) {
        if (http2 == null) {
            http2 = factory.apply(this);
        }
        return (P) http2;
    }

    @Override
    public String toString() {
        return endpoint.toString();
    }
}
