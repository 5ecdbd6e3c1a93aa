package io.signalbox.agent.explain;

import com.google.protobuf.ByteString;
import io.signalbox.agent.balance.Place;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.routing.PortTable;
import io.signalbox.agent.routing.Router;
import io.signalbox.config.v1.ExplainProtocol;
import io.signalbox.config.v1.ExplainQuery;
import org.jspecify.annotations.Nullable;

/**
 * A question with what decides it.
 *
 * @param table of the destination's port; null when the port is not configured
 * @param place where the caller runs
 */
record Question(ExplainQuery query, @Nullable PortTable table, Caller caller, Place place) {
    private static final String HTTP1 = "HTTP/1.1";
    private static final String HTTP2 = "HTTP/2";

    Endpoint destination() {
        return new Endpoint(Queries.address("address", query.getAddress()), query.getPort());
    }

    Router router() {
        return Router.of(table, destination().address(), caller);
    }

    boolean isHttp() {
        return switch (query.getProtocol()) {
            case EXPLAIN_PROTOCOL_HTTP, EXPLAIN_PROTOCOL_HTTP2, EXPLAIN_PROTOCOL_GRPC -> true;
            default -> false;
        };
    }

    /** What a caller speaks who speaks HTTP. */
    String httpVersion() {
        return query.getProtocol() == ExplainProtocol.EXPLAIN_PROTOCOL_HTTP ? HTTP1 : HTTP2;
    }

    /** What HTTP a backend's endpoints are spoken to when the caller speaks that. */
    static String httpVersion(Backend backend, String callers) {
        return switch (backend.upstreamProtocol()) {
            case AS_CALLER -> callers;
            case HTTP1 -> HTTP1;
            case HTTP2 -> HTTP2;
        };
    }

    boolean isTls() {
        return query.getProtocol() == ExplainProtocol.EXPLAIN_PROTOCOL_TLS;
    }

    /** Address of the caller, for people and header values. */
    String callerAddress() {
        ByteString address = query.getSource().getAddress();
        return address.isEmpty() ? "" : new Endpoint(Queries.address("source.address", address), 0).toString();
    }
}
