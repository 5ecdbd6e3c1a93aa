package io.signalbox.agent.policy;

import org.jspecify.annotations.Nullable;

/**
 * An answer that the agent gives itself. A gRPC caller gets HTTP 200 with the gRPC status and the body as its message.
 *
 * @param status HTTP status
 * @param flag Envoy's letters for the reason; null where Envoy has none
 * @param body text; may be empty
 * @param grpcStatus the status for a gRPC caller
 * @param overloaded whether the answer bears {@code x-envoy-overloaded: true}
 */
public record LocalReply(int status, @Nullable String flag, String body, int grpcStatus, boolean overloaded) {
    private static final String FAILED = "upstream connect error or disconnect/reset before headers. reset reason: ";

    /** The virtual host has no route for the request. */
    public static final LocalReply NO_ROUTE = of(404, "NR", "");

    /** The destination of the route is not known. */
    public static final LocalReply UNKNOWN_DESTINATION = of(503, "NC", "");

    /** The backend has no usable endpoint. */
    public static final LocalReply NO_ENDPOINT = of(503, "UH", "no healthy upstream");

    /** No connection could be opened. */
    public static final LocalReply CONNECT_FAILED = of(503, "UF", FAILED + "connection failure");

    /** The backend closed the connection before its response. */
    public static final LocalReply UPSTREAM_CLOSED = of(503, "UC", FAILED + "connection termination");

    /** The backend reset the stream before its response. */
    public static final LocalReply UPSTREAM_RESET = of(503, "UR", FAILED + "remote reset");

    /** What the backend sent is no response. */
    public static final LocalReply UPSTREAM_MALFORMED = of(502, "UPE", FAILED + "protocol error");

    /** A limit of the backend was reached. */
    public static final LocalReply OVERFLOW =
            new LocalReply(503, "UO", FAILED + "overflow", GrpcStatus.UNAVAILABLE, true);

    /** The time of the request, or of its last attempt, was up. */
    public static final LocalReply TIMEOUT = of(504, "UT", "upstream request timeout");

    /** No service has this Host, and only known services may be reached. */
    public static final LocalReply NOT_REGISTERED = of(502, null, "");

    /** Passing the request to its original destination would lead back to the agent. */
    public static final LocalReply LOOP =
            of(502, null, "no service has this Host, and its address is one that the agent itself listens on");

    /** The connection is asked to become something that is not relayed. */
    public static final LocalReply UPGRADE_REFUSED = of(403, null, "this upgrade is not supported");

    /** The backend speaks HTTP/2, and does not offer WebSockets there (RFC 8441). */
    public static final LocalReply WEBSOCKET_REFUSED =
            of(502, "UPE", "the backend speaks HTTP/2 and takes no WebSocket there");

    /** The backend speaks HTTP/1.1, and answers the request for a WebSocket as if it were an ordinary one. */
    public static final LocalReply WEBSOCKET_NOT_TAKEN = of(502, "UPE", "the backend does not switch to a WebSocket");

    /** A tunnel is asked for, of a protocol that is not relayed (RFC 9220 section 3). */
    public static final LocalReply PROTOCOL_REFUSED = of(501, "DPE", "only the protocol websocket is supported");

    /** The head is larger than the limit. */
    public static final LocalReply HEAD_TOO_LARGE = new LocalReply(431, "DPE", "head is too large", 13, false);

    /** A tunnel is asked for. */
    public static final LocalReply CONNECT_REFUSED =
            new LocalReply(405, "DPE", "CONNECT is not supported", GrpcStatus.INTERNAL, false);

    /** An answer whose gRPC status follows from its HTTP status. */
    public static LocalReply of(int status, @Nullable String flag, String body) {
        return new LocalReply(status, flag, body, GrpcStatus.ofHttp(status), false);
    }

    /** What came is not a request. */
    public static LocalReply badRequest(String reason) {
        return of(400, "DPE", reason);
    }

    /**
     * An abort on purpose.
     *
     * @param httpStatus 0 when the gRPC status is given
     * @param grpcStatus null when the HTTP status is given
     */
    public static LocalReply injected(int httpStatus, @Nullable Integer grpcStatus) {
        String body = "fault filter abort";
        return grpcStatus == null
                ? of(httpStatus, "FI", body)
                : new LocalReply(GrpcStatus.toHttp(grpcStatus), "FI", body, grpcStatus, false);
    }
}
