package io.signalbox.agent.upstream;

import io.signalbox.agent.model.ConnectionPool;

/**
 * The limits of one backend over all event loops. Immutable but for what the limits count.
 *
 * @param connections to all endpoints
 * @param pendingRequests requests that wait for a connection
 * @param requests attempts that run
 */
public record CircuitBreaker(Slots connections, Slots pendingRequests, Slots requests) {
    /** No limits. */
    static final CircuitBreaker UNLIMITED = new CircuitBreaker(Slots.UNLIMITED, Slots.UNLIMITED, Slots.UNLIMITED);

    /** The limits of a newer configuration; what runs counts on. */
    CircuitBreaker with(ConnectionPool pool) {
        return new CircuitBreaker(
                connections.withLimit(pool.maxConnections()),
                pendingRequests.withLimit(pool.maxPendingRequests()),
                requests.withLimit(pool.maxRequests()));
    }
}
