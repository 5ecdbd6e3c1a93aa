package io.signalbox.agent.explain;

import com.google.protobuf.ByteString;
import io.signalbox.config.v1.ExplainHeader;
import io.signalbox.config.v1.ExplainHttpRequest;
import io.signalbox.config.v1.ExplainProtocol;
import io.signalbox.config.v1.ExplainQuery;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Refuses questions that no connection or request could ask. */
final class Queries {
    private static final int MAX_PORT = 65_535;

    private Queries() {}

    static void check(ExplainQuery query) {
        address("address", query.getAddress());
        if (!query.getSource().getAddress().isEmpty()) {
            address("source.address", query.getSource().getAddress());
        }
        if (query.getPort() < 1 || query.getPort() > MAX_PORT) {
            throw bad("port", Integer.toUnsignedString(query.getPort()), "1 to " + MAX_PORT);
        }
        switch (query.getProtocol()) {
            case EXPLAIN_PROTOCOL_HTTP, EXPLAIN_PROTOCOL_HTTP2, EXPLAIN_PROTOCOL_GRPC -> http(query.getHttp());
            case EXPLAIN_PROTOCOL_TLS, EXPLAIN_PROTOCOL_TCP -> {}
            case EXPLAIN_PROTOCOL_UNSPECIFIED, UNRECOGNIZED ->
                throw bad("protocol", query.getProtocol().name(), "http, http2, grpc, tls or tcp");
        }
        if (query.hasTls() && query.getProtocol() != ExplainProtocol.EXPLAIN_PROTOCOL_TLS) {
            throw bad("tls", "set", "absent unless the protocol is tls");
        }
    }

    private static void http(ExplainHttpRequest http) {
        String path = http.getPath();
        if (!path.startsWith("/") && !path.equals("*")) {
            throw bad("http.path", "'" + path + "'", "a path that begins with /");
        }
        for (ExplainHeader header : http.getHeadersList()) {
            if (header.getName().isEmpty() || header.getName().startsWith(":")) {
                throw bad("http.headers", "'" + header.getName() + "'", "names of headers");
            }
        }
    }

    static InetAddress address(String where, ByteString bytes) {
        try {
            return InetAddress.getByAddress(bytes.toByteArray());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(where + ": " + bytes.size() + " bytes (expected: 4 or 16)", e);
        }
    }

    private static IllegalArgumentException bad(String where, String actual, String expected) {
        return new IllegalArgumentException(where + ": " + actual + " (expected: " + expected + ")");
    }
}
