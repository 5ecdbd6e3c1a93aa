package io.signalbox.agent.proxy.http1;

import io.signalbox.agent.upstream.Pool;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Idle HTTP/1.1 connections to one endpoint, on one event loop. Confined to the loop. The one used last is used next.
 */
final class Http1Pool implements Pool {
    /** Idle connections to one endpoint that one event loop keeps; one more is closed. */
    static final int MAX_IDLE = 128;

    private final UpstreamEndpoint endpoint;
    private final ArrayDeque<Http1Upstream> idle = new ArrayDeque<>();

    Http1Pool(UpstreamEndpoint endpoint) {
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
        if (endpoint.isReferenced() && idle.size() < MAX_IDLE) {
            idle.addLast(connection);
        } else {
            connection.close();
        }
    }

    /** A connection has closed. */
    void forget(Http1Upstream connection) {
        idle.remove(connection);
    }

    @Override
    public void retire() {
        List.copyOf(idle).forEach(Http1Upstream::close);
        idle.clear();
    }

    @Override
    public void closeIdle(int tick, int idleTicks) {
        for (Http1Upstream connection : List.copyOf(idle)) {
            if (tick - connection.lastTick() >= idleTicks) {
                idle.remove(connection);
                connection.close();
            }
        }
    }
}
