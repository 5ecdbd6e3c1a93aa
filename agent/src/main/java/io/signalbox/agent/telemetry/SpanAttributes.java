package io.signalbox.agent.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.signalbox.agent.proxy.TracedRequest;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says in OpenTelemetry's words (semantic conventions 1.44: HTTP spans, RPC spans, gRPC) what a request was. HTTP and
 * RPC attributes stand together on the spans of gRPC calls; the gRPC status decides there whether a span is an error.
 */
final class SpanAttributes {
    static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");
    static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");
    static final AttributeKey<String> PEER_ADDRESS = AttributeKey.stringKey("network.peer.address");
    static final AttributeKey<Long> PEER_PORT = AttributeKey.longKey("network.peer.port");
    static final AttributeKey<String> ENDPOINT = AttributeKey.stringKey("signalbox.endpoint");

    // Made once: a key encodes its name, which is dear for forty of them per request.
    private static final AttributeKey<String> CLIENT_ADDRESS = AttributeKey.stringKey("client.address");
    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    private static final AttributeKey<Long> HTTP_REQUEST_BODY_SIZE = AttributeKey.longKey("http.request.body.size");
    private static final AttributeKey<String> HTTP_REQUEST_METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> HTTP_REQUEST_METHOD_ORIGINAL =
            AttributeKey.stringKey("http.request.method_original");
    private static final AttributeKey<Long> HTTP_REQUEST_RESEND_COUNT =
            AttributeKey.longKey("http.request.resend_count");
    private static final AttributeKey<Long> HTTP_RESPONSE_BODY_SIZE = AttributeKey.longKey("http.response.body.size");
    private static final AttributeKey<Long> HTTP_RESPONSE_STATUS_CODE =
            AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> NETWORK_PROTOCOL_NAME = AttributeKey.stringKey("network.protocol.name");
    private static final AttributeKey<String> NETWORK_PROTOCOL_VERSION =
            AttributeKey.stringKey("network.protocol.version");
    private static final AttributeKey<String> RPC_METHOD = AttributeKey.stringKey("rpc.method");
    private static final AttributeKey<String> RPC_RESPONSE_STATUS_CODE =
            AttributeKey.stringKey("rpc.response.status_code");
    private static final AttributeKey<String> RPC_SYSTEM_NAME = AttributeKey.stringKey("rpc.system.name");
    private static final AttributeKey<String> SIGNALBOX_BACKEND = AttributeKey.stringKey("signalbox.backend");
    private static final AttributeKey<String> SIGNALBOX_RESPONSE_FLAG =
            AttributeKey.stringKey("signalbox.response_flag");
    private static final AttributeKey<String> SIGNALBOX_RULE = AttributeKey.stringKey("signalbox.rule");
    private static final AttributeKey<String> SIGNALBOX_SERVICE = AttributeKey.stringKey("signalbox.service");
    private static final AttributeKey<String> SIGNALBOX_SNAPSHOT_VERSION =
            AttributeKey.stringKey("signalbox.snapshot.version");
    private static final AttributeKey<String> SIGNALBOX_SOURCE_WORKLOAD =
            AttributeKey.stringKey("signalbox.source.workload");
    private static final AttributeKey<String> URL_FULL = AttributeKey.stringKey("url.full");
    private static final AttributeKey<String> URL_PATH = AttributeKey.stringKey("url.path");
    private static final AttributeKey<String> URL_QUERY = AttributeKey.stringKey("url.query");
    private static final AttributeKey<String> URL_SCHEME = AttributeKey.stringKey("url.scheme");

    private static final String OTHER = "_OTHER";
    private static final String SCHEME = "http";
    private static final int DEFAULT_PORT = 80;
    private static final Set<String> METHODS =
            Set.of("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE");
    private static final Set<String> SECRET_PARAMETERS = Set.of(
            "awsaccesskeyid",
            "signature",
            "sig",
            "x-goog-signature",
            "x-amz-signature",
            "x-amz-credential",
            "x-amz-security-token");
    private static final String[] GRPC_CODES = {
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED"
    };
    /** What a server span reports as its own error; the others are the caller's. */
    private static final Set<String> GRPC_SERVER_ERRORS =
            Set.of("UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS");

    private final TracedRequest request;
    private final String path;
    private final @Nullable String query;
    private final boolean isKnownMethod;
    private final @Nullable String grpcCode;

    SpanAttributes(TracedRequest request) {
        this.request = request;
        int mark = request.path().indexOf('?');
        this.path = mark < 0 ? request.path() : request.path().substring(0, mark);
        this.query = mark < 0 ? null : withoutSecrets(request.path().substring(mark + 1));
        this.isKnownMethod = METHODS.contains(request.method());
        this.grpcCode = request.grpc() ? grpcCode(request.grpcStatus()) : null;
    }

    /** The server span. */
    void describeRequest(Span span) {
        describeBoth(span);
        String source = request.source().getAddress().getHostAddress();
        span.setAttribute(URL_SCHEME, SCHEME)
                .setAttribute(URL_PATH, path)
                .setAttribute(CLIENT_ADDRESS, source)
                .setAttribute(PEER_ADDRESS, source)
                .setAttribute(PEER_PORT, (long) request.source().getPort());
        set(span, URL_QUERY, query);
        InetSocketAddress authority = authority(request.authority());
        span.setAttribute(SERVER_ADDRESS, authority.getHostString())
                .setAttribute(SERVER_PORT, (long) authority.getPort());
        describeResponse(span);
        String grpc = grpcCode;
        if (grpc != null) {
            if (GRPC_SERVER_ERRORS.contains(grpc)) {
                fail(span, grpc);
            }
        } else if (request.status() >= 500) {
            fail(span, Integer.toString(request.status()));
        } else if (request.status() == 0) {
            fail(span, request.responseFlag() == null ? OTHER : request.responseFlag());
        }
    }

    /** The client span of the attempt whose response the caller got, or that was still open when the request ended. */
    void describeAttempt(Span span, int resendCount) {
        describeAnyAttempt(span, resendCount);
        describeResponse(span);
        String grpc = grpcCode;
        if (request.responseFlag() != null) {
            fail(span, request.responseFlag());
        } else if (grpc != null) {
            if (!grpc.equals(GRPC_CODES[0])) {
                fail(span, grpc);
            }
        } else if (request.status() >= 400) {
            fail(span, Integer.toString(request.status()));
        } else if (request.status() == 0) {
            fail(span, OTHER);
        }
    }

    /** The client span of an attempt that failed. */
    void describeFailedAttempt(Span span, int resendCount, String errorType) {
        describeAnyAttempt(span, resendCount);
        fail(span, errorType);
    }

    private void describeAnyAttempt(Span span, int resendCount) {
        describeBoth(span);
        span.setAttribute(URL_FULL, SCHEME + "://" + request.authority() + path + (query == null ? "" : "?" + query));
        if (resendCount > 0) {
            span.setAttribute(HTTP_REQUEST_RESEND_COUNT, resendCount);
        }
    }

    private void describeBoth(Span span) {
        span.updateName(name());
        span.setAttribute(HTTP_REQUEST_METHOD, isKnownMethod ? request.method() : OTHER);
        set(span, HTTP_REQUEST_METHOD_ORIGINAL, isKnownMethod ? null : request.method());
        span.setAttribute(NETWORK_PROTOCOL_NAME, SCHEME)
                .setAttribute(NETWORK_PROTOCOL_VERSION, request.protocolVersion())
                .setAttribute(HTTP_REQUEST_BODY_SIZE, request.requestBodyBytes())
                .setAttribute(SIGNALBOX_SERVICE, request.service())
                .setAttribute(SIGNALBOX_BACKEND, request.backend())
                .setAttribute(SIGNALBOX_SNAPSHOT_VERSION, request.snapshotVersion());
        set(span, SIGNALBOX_RULE, request.rule());
        set(span, SIGNALBOX_SOURCE_WORKLOAD, request.sourceWorkload());
        set(span, SIGNALBOX_RESPONSE_FLAG, request.responseFlag());
        if (request.grpc()) {
            span.setAttribute(RPC_SYSTEM_NAME, "grpc").setAttribute(RPC_METHOD, grpcMethod());
        }
    }

    private void describeResponse(Span span) {
        if (request.status() > 0) {
            span.setAttribute(HTTP_RESPONSE_STATUS_CODE, request.status());
        }
        set(span, RPC_RESPONSE_STATUS_CODE, grpcCode);
        span.setAttribute(HTTP_RESPONSE_BODY_SIZE, request.responseBodyBytes());
    }

    private String name() {
        if (request.grpc()) {
            return grpcMethod();
        }
        return isKnownMethod ? request.method() : Tracing.UNNAMED;
    }

    private String grpcMethod() {
        return path.startsWith("/") ? path.substring(1) : path;
    }

    private static void fail(Span span, String errorType) {
        span.setStatus(StatusCode.ERROR).setAttribute(ERROR_TYPE, errorType);
    }

    private static void set(Span span, AttributeKey<String> key, @Nullable String value) {
        if (value != null) {
            span.setAttribute(key, value);
        }
    }

    private static @Nullable String grpcCode(@Nullable String status) {
        if (status == null) {
            return null;
        }
        try {
            int code = Integer.parseInt(status);
            return code >= 0 && code < GRPC_CODES.length ? GRPC_CODES[code] : status;
        } catch (NumberFormatException e) {
            return "UNKNOWN";
        }
    }

    private static InetSocketAddress authority(String authority) {
        int colon = authority.lastIndexOf(':');
        if (colon > authority.lastIndexOf(']')) {
            try {
                int port = Integer.parseInt(authority.substring(colon + 1));
                return InetSocketAddress.createUnresolved(authority.substring(0, colon), Math.clamp(port, 0, 65_535));
            } catch (NumberFormatException e) {
                return InetSocketAddress.createUnresolved(authority.substring(0, colon), DEFAULT_PORT);
            }
        }
        return InetSocketAddress.createUnresolved(authority, DEFAULT_PORT);
    }

    private static String withoutSecrets(String query) {
        StringBuilder kept = new StringBuilder(query.length());
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            boolean isSecret = equals > 0
                    && SECRET_PARAMETERS.contains(pair.substring(0, equals).toLowerCase(Locale.ROOT));
            kept.append(kept.isEmpty() ? "" : "&").append(isSecret ? pair.substring(0, equals) + "=REDACTED" : pair);
        }
        return kept.toString();
    }
}
