package io.signalbox.agent.proxy.http2;

import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.upstream.Pool;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/2 connections of one event loop to one endpoint. One connection carries all streams until the endpoint's
 * SETTINGS_MAX_CONCURRENT_STREAMS is reached; then another is opened, up to {@value #MAX_CONNECTIONS}; beyond that,
 * requests wait in the order in which they came. Confined to the loop.
 */
final class Http2Pool implements Pool {
    private static final int MAX_CONNECTIONS = 64;

    private final LoopContext loop;
    private final UpstreamEndpoint endpoint;
    private final List<Http2Upstream> connections = new ArrayList<>(1);
    private final ArrayDeque<Http2Request> waiting = new ArrayDeque<>();
    private boolean connecting;

    /** No backend refers to the endpoint any more: connections close as soon as they are idle. */
    private boolean retired;

    Http2Pool(LoopContext loop, UpstreamEndpoint endpoint) {
        this.loop = loop;
        this.endpoint = endpoint;
    }

    /** Gives the exchange a stream, now or when there is room. */
    void submit(Http2Request exchange) {
        retired &= !endpoint.isReferenced();
        for (int i = 0; i < connections.size(); i++) {
            Http2Upstream connection = connections.get(i);
            if (connection.hasRoom()) {
                connection.open(exchange);
                return;
            }
        }
        if (!endpoint.scope().breaker().pendingRequests().tryTake()) {
            exchange.onOverflow();
            return;
        }
        waiting.add(exchange);
        connectIfNeeded();
    }

    /** The exchange no longer wants a stream. */
    void cancel(Http2Request exchange) {
        if (waiting.remove(exchange)) {
            endPending();
        }
    }

    private @Nullable Http2Request pollWaiting() {
        Http2Request next = waiting.poll();
        if (next != null) {
            endPending();
        }
        return next;
    }

    private void endPending() {
        endpoint.scope().breaker().pendingRequests().release();
    }

    private void connectIfNeeded() {
        if (!waiting.isEmpty() && connections.size() < MAX_CONNECTIONS) {
            connect();
        }
    }

    private void connect() {
        if (connecting || !endpoint.sharedConnectionStarted()) {
            return;
        }
        connecting = true;
        Http2Upstream connection =
                new Http2Upstream(loop, this, endpoint.scope().pool());
        loop.upstreams().connect(endpoint, connection, true, "h2").addListener(done -> {
            if (done.isSuccess()) {
                endpoint.connectionOpened();
                connections.add(connection);
                awaitSettings(connection);
            } else {
                connecting = false;
                endpoint.connectFailed();
                failWaiting();
            }
        });
    }

    /** A peer that takes connections but does not speak HTTP/2 must not hold requests for ever. */
    private void awaitSettings(Http2Upstream connection) {
        loop.eventLoop()
                .schedule(
                        () -> {
                            if (!connection.wasReady() && connections.contains(connection)) {
                                connection.ctx().close();
                            }
                        },
                        loop.upstreams().connectTimeoutMillis(endpoint.scope()),
                        TimeUnit.MILLISECONDS);
    }

    /** A new connection has its peer's settings. */
    void onReady(Http2Upstream connection) {
        connecting = false;
        onRoom(connection);
        connectIfNeeded();
    }

    /** A connection may take more streams. */
    void onRoom(Http2Upstream connection) {
        while (connection.hasRoom()) {
            Http2Request next = pollWaiting();
            if (next == null) {
                break;
            }
            connection.open(next);
        }
        if (retired && connection.hasNoStreams() && connections.remove(connection)) {
            connection.closeWhenIdle();
        }
    }

    /** A connection takes no more streams. */
    void leave(Http2Upstream connection) {
        if (connections.remove(connection) && !connection.wasReady()) {
            connecting = false;
            failWaiting();
        }
        connectIfNeeded();
    }

    /** A connection that was open is closed. */
    void closed(Http2Upstream connection) {
        if (connection.wasConnected()) {
            endpoint.connectionClosed();
        }
    }

    /** No connection could be opened: unless another may yet have room, the requests go to other endpoints. */
    private void failWaiting() {
        if (!connections.isEmpty()) {
            return;
        }
        for (int i = waiting.size(); i > 0; i--) {
            Http2Request next = pollWaiting();
            if (next == null) {
                return;
            }
            next.onConnectFailed();
        }
    }

    @Override
    public Pool ofSameKind(UpstreamEndpoint other) {
        return new Http2Pool(loop, other);
    }

    @Override
    public void warm() {
        if (connections.isEmpty()) {
            connect();
        }
    }

    @Override
    public void retire() {
        retired = true;
        for (Http2Upstream connection : List.copyOf(connections)) {
            if (connection.wasReady()) {
                connections.remove(connection);
                connection.closeWhenIdle();
            }
        }
        connectIfNeeded();
    }

    @Override
    public void closeIdle(int tick, int idleTicks) {
        for (Http2Upstream connection : List.copyOf(connections)) {
            if (connection.isIdleSince(tick, idleTicks) || connection.isTooOld()) {
                connections.remove(connection);
                connection.closeWhenIdle();
            }
        }
    }
}
