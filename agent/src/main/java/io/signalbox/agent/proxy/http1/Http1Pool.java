package io.signalbox.agent.proxy.http1;

import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.upstream.Pool;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Idle HTTP/1.1 connections to one endpoint, on one event loop, and the requests that wait for one because the backend
 * has no more connections to give. Confined to the loop. The connection used last is used next; who waits longest is
 * served first.
 */
final class Http1Pool implements Pool {
    /** Idle connections to one endpoint that one event loop keeps; one more is closed. */
    static final int MAX_IDLE = 128;

    private final LoopContext loop;
    private final UpstreamEndpoint endpoint;
    private final ArrayDeque<Http1Upstream> idle = new ArrayDeque<>();
    private final ArrayDeque<Http1Upstream> waiting = new ArrayDeque<>();

    Http1Pool(LoopContext loop, UpstreamEndpoint endpoint) {
        this.loop = loop;
        this.endpoint = endpoint;
    }

    /** An open connection without a request, or null. */
    @Nullable
    Http1Upstream take() {
        Http1Upstream connection = idle.pollLast();
        while (connection != null && !connection.isUsable()) {
            connection = idle.pollLast();
        }
        return connection;
    }

    /** Keeps a connection for a later request, or closes it. */
    void give(Http1Upstream connection) {
        Http1Upstream next = connection.isUsable() ? waiting.poll() : null;
        if (next != null) {
            next.giveWayTo(connection);
        } else if (endpoint.isReferenced() && idle.size() < MAX_IDLE) {
            idle.addLast(connection);
        } else {
            connection.close();
        }
    }

    /** A connection that may not be opened now waits until it may, or until another can take its request. */
    void await(Http1Upstream unopened) {
        waiting.addLast(unopened);
    }

    /** A connection that waited is no longer wanted. */
    void cancel(Http1Upstream unopened) {
        waiting.remove(unopened);
    }

    /** A connection has closed, or could not be opened: another may take its place. */
    void forget(Http1Upstream connection) {
        idle.remove(connection);
        Http1Upstream next = waiting.peek();
        if (next != null && next.open()) {
            waiting.remove(next);
        }
    }

    @Override
    public Pool ofSameKind(UpstreamEndpoint other) {
        return new Http1Pool(loop, other);
    }

    @Override
    public void warm() {
        if (idle.isEmpty()) {
            new Http1Upstream(loop, endpoint).open();
        }
    }

    @Override
    public void retire() {
        List.copyOf(idle).forEach(Http1Upstream::close);
        idle.clear();
    }

    @Override
    public void closeIdle(int tick, int idleTicks) {
        for (Http1Upstream connection : List.copyOf(idle)) {
            if (tick - connection.lastTick() >= idleTicks || connection.isWornOut()) {
                idle.remove(connection);
                connection.close();
            }
        }
    }
}
