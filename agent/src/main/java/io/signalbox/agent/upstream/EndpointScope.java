package io.signalbox.agent.upstream;

import io.signalbox.agent.model.ConnectionPool;
import io.signalbox.agent.model.Endpoint;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoints of a backend, and the connections to them, have in common over all event loops. Connections are
 * shared inside a scope only: so a connection with one backend's TLS or limits never serves another. All backends
 * without any such policy share {@link #PLAIN}. Thread-safe; two scopes are equal only if they are the same object.
 */
public final class EndpointScope {
    /** Plain text, no limits, nobody is ejected. */
    static final EndpointScope PLAIN =
            new EndpointScope(ConnectionPool.DEFAULT, CircuitBreaker.UNLIMITED, null, null, null);

    private final ConnectionPool pool;
    private final CircuitBreaker breaker;
    private final @Nullable TlsClient tls;
    private final @Nullable OutlierDetector outliers;
    private final @Nullable LongSupplier warmUpClock;
    private final Map<Endpoint, Long> knownSince = new ConcurrentHashMap<>();

    /**
     * @param tls null: plain text
     * @param outliers null: nobody is ejected
     * @param warmUpClock null: nobody warms up
     */
    EndpointScope(
            ConnectionPool pool,
            CircuitBreaker breaker,
            @Nullable TlsClient tls,
            @Nullable OutlierDetector outliers,
            @Nullable LongSupplier warmUpClock) {
        this.pool = pool;
        this.breaker = breaker;
        this.tls = tls;
        this.outliers = outliers;
        this.warmUpClock = warmUpClock;
    }

    /** Timeouts and limits of one connection. */
    public ConnectionPool pool() {
        return pool;
    }

    /** Limits over all connections. */
    public CircuitBreaker breaker() {
        return breaker;
    }

    @Nullable
    TlsClient tls() {
        return tls;
    }

    @Nullable
    OutlierDetector outliers() {
        return outliers;
    }

    @Nullable
    EndpointHealth health(Endpoint endpoint) {
        return outliers == null ? null : outliers.of(endpoint);
    }

    /** These are the backend's endpoints from now on: those that were not before begin to warm up. */
    void replaceEndpoints(Collection<Endpoint> endpoints) {
        LongSupplier clock = warmUpClock;
        if (clock != null) {
            long now = clock.getAsLong();
            knownSince.keySet().retainAll(endpoints);
            endpoints.forEach(endpoint -> knownSince.putIfAbsent(endpoint, now));
        }
    }

    long knownSinceNanos(Endpoint endpoint) {
        return knownSince.getOrDefault(endpoint, 0L);
    }
}
