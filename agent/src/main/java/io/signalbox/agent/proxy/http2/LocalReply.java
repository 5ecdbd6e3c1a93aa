package io.signalbox.agent.proxy.http2;

import org.jspecify.annotations.Nullable;

/**
 * An answer that the agent gives itself.
 *
 * @param status HTTP status
 * @param grpcStatus the status for a gRPC caller, who gets HTTP 200
 * @param flag Envoy's letters for the reason; null where Envoy has none
 * @param text body, or {@code grpc-message}; may be empty
 */
record LocalReply(int status, int grpcStatus, @Nullable String flag, String text) {
    private static final int GRPC_INTERNAL = 13;
    private static final int GRPC_UNIMPLEMENTED = 12;
    private static final int GRPC_UNAVAILABLE = 14;
    private static final String UPSTREAM_FAILED =
            "upstream connect error or disconnect/reset before headers. reset reason: ";

    static final LocalReply NO_ROUTE = new LocalReply(404, GRPC_UNIMPLEMENTED, "NR", "");
    static final LocalReply UNKNOWN_DESTINATION = new LocalReply(503, GRPC_UNAVAILABLE, "NC", "");
    static final LocalReply NOT_REGISTERED = new LocalReply(502, GRPC_UNAVAILABLE, null, "");
    static final LocalReply NO_ENDPOINT = new LocalReply(503, GRPC_UNAVAILABLE, "UH", "no healthy upstream");
    static final LocalReply CONNECT_FAILED =
            new LocalReply(503, GRPC_UNAVAILABLE, "UF", UPSTREAM_FAILED + "connection failure");
    static final LocalReply OVERFLOW = new LocalReply(503, GRPC_UNAVAILABLE, "UO", UPSTREAM_FAILED + "overflow");
    static final LocalReply UPSTREAM_CLOSED =
            new LocalReply(503, GRPC_UNAVAILABLE, "UC", UPSTREAM_FAILED + "connection termination");
    static final LocalReply UPSTREAM_RESET =
            new LocalReply(503, GRPC_UNAVAILABLE, "UR", UPSTREAM_FAILED + "remote reset");
    static final LocalReply UPSTREAM_MALFORMED =
            new LocalReply(502, GRPC_UNAVAILABLE, "UPE", UPSTREAM_FAILED + "protocol error");
    static final LocalReply LOOP = new LocalReply(
            502,
            GRPC_UNAVAILABLE,
            null,
            "no service claims this Host, and passing the request through would lead back to the agent");
    static final LocalReply HEADERS_TOO_LARGE = new LocalReply(431, GRPC_INTERNAL, "DPE", "request headers too large");
    static final LocalReply CONNECT_REFUSED = new LocalReply(405, GRPC_INTERNAL, "DPE", "CONNECT is not supported");

    static LocalReply badRequest(String reason) {
        return new LocalReply(400, GRPC_INTERNAL, "DPE", reason);
    }
}
