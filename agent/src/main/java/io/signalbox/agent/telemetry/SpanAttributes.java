package io.signalbox.agent.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.signalbox.agent.proxy.TracedRequest;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says in OpenTelemetry's words (semantic conventions 1.44: HTTP spans, RPC spans, gRPC) what a request was. HTTP and
 * RPC attributes stand together on the spans of gRPC calls; the gRPC status decides there whether a span is an error.
 * What is the same for all attempts of a request, and no convention wants on client spans, stands on the server span
 * alone: each attribute costs its encoding.
 */
final class SpanAttributes {
    private static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> PEER_ADDRESS = AttributeKey.stringKey("network.peer.address");
    private static final AttributeKey<Long> PEER_PORT = AttributeKey.longKey("network.peer.port");
    private static final AttributeKey<String> ENDPOINT = AttributeKey.stringKey("signalbox.endpoint");

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

    private static final String UNNAMED = "HTTP";
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
    private final AttributeList.Builder attributes;
    private final String path;
    private final @Nullable String query;
    private final boolean isKnownMethod;
    private final @Nullable String grpcCode;
    private StatusData status = StatusData.unset();

    /**
     * What a span says.
     *
     * @param totalAttributes how many there would be without a limit
     */
    record Description(String name, StatusData status, AttributeList attributes, int totalAttributes) {}

    private SpanAttributes(TracedRequest request, SpanLimits limits) {
        this.request = request;
        this.attributes = new AttributeList.Builder(limits);
        int mark = request.path().indexOf('?');
        this.path = mark < 0 ? request.path() : request.path().substring(0, mark);
        this.query = mark < 0 ? null : withoutSecrets(request.path().substring(mark + 1));
        this.isKnownMethod = METHODS.contains(request.method());
        this.grpcCode = request.grpc() ? grpcCode(request.grpcStatus()) : null;
    }

    /** @param attempt null: the server span */
    static Description describe(TracedRequest request, RecordedSpan.@Nullable Attempt attempt, SpanLimits limits) {
        SpanAttributes described = new SpanAttributes(request, limits);
        if (attempt == null) {
            described.describeRequest();
        } else {
            described.describeAttempt(attempt);
        }
        return new Description(
                described.name(), described.status, described.attributes.build(), described.attributes.total());
    }

    private void describeRequest() {
        describeBoth();
        String source = request.source().getAddress().getHostAddress();
        InetSocketAddress authority = authority(request.authority());
        attributes
                .put(URL_SCHEME, SCHEME)
                .put(URL_PATH, path)
                .put(CLIENT_ADDRESS, source)
                .put(PEER_ADDRESS, source)
                .put(PEER_PORT, (long) request.source().getPort())
                .put(URL_QUERY, query)
                .put(SERVER_ADDRESS, authority.getHostString())
                .put(SERVER_PORT, (long) authority.getPort())
                .put(HTTP_REQUEST_BODY_SIZE, request.requestBodyBytes())
                .put(HTTP_RESPONSE_BODY_SIZE, request.responseBodyBytes())
                .put(SIGNALBOX_SERVICE, request.service())
                .put(SIGNALBOX_SNAPSHOT_VERSION, request.snapshotVersion())
                .put(SIGNALBOX_RULE, request.rule())
                .put(SIGNALBOX_SOURCE_WORKLOAD, request.sourceWorkload())
                .put(SIGNALBOX_RESPONSE_FLAG, request.responseFlag());
        describeResponse();
        String grpc = grpcCode;
        if (grpc != null) {
            if (GRPC_SERVER_ERRORS.contains(grpc)) {
                fail(grpc);
            }
        } else if (request.status() >= 500) {
            fail(Integer.toString(request.status()));
        } else if (request.status() == 0) {
            fail(request.responseFlag() == null ? OTHER : request.responseFlag());
        }
    }

    private void describeAttempt(RecordedSpan.Attempt attempt) {
        describeBoth();
        String address = attempt.endpoint().address().getHostAddress();
        long port = attempt.endpoint().port();
        attributes
                .put(SERVER_ADDRESS, address)
                .put(SERVER_PORT, port)
                .put(PEER_ADDRESS, address)
                .put(PEER_PORT, port)
                .put(ENDPOINT, attempt.endpoint().toString())
                .put(URL_FULL, SCHEME + "://" + request.authority() + path + (query == null ? "" : "?" + query))
                .put(HTTP_REQUEST_RESEND_COUNT, attempt.resendCount() == 0 ? null : (long) attempt.resendCount());
        if (attempt.errorType() == null) {
            describeLastAttempt();
        } else {
            fail(attempt.errorType());
        }
    }

    /** The attempt whose response the caller got, or that was still open when the request ended. */
    private void describeLastAttempt() {
        describeResponse();
        String grpc = grpcCode;
        if (request.responseFlag() != null) {
            fail(request.responseFlag());
        } else if (grpc != null) {
            if (!grpc.equals(GRPC_CODES[0])) {
                fail(grpc);
            }
        } else if (request.status() >= 400) {
            fail(Integer.toString(request.status()));
        } else if (request.status() == 0) {
            fail(OTHER);
        }
    }

    private void describeBoth() {
        attributes
                .put(HTTP_REQUEST_METHOD, isKnownMethod ? request.method() : OTHER)
                .put(HTTP_REQUEST_METHOD_ORIGINAL, isKnownMethod ? null : request.method())
                .put(NETWORK_PROTOCOL_VERSION, request.protocolVersion())
                .put(SIGNALBOX_BACKEND, request.backend());
        if (request.grpc()) {
            attributes.put(RPC_SYSTEM_NAME, "grpc").put(RPC_METHOD, grpcMethod());
        }
    }

    private void describeResponse() {
        attributes
                .put(HTTP_RESPONSE_STATUS_CODE, request.status() == 0 ? null : (long) request.status())
                .put(RPC_RESPONSE_STATUS_CODE, grpcCode);
    }

    private String name() {
        if (request.grpc()) {
            return grpcMethod();
        }
        return isKnownMethod ? request.method() : UNNAMED;
    }

    private String grpcMethod() {
        return path.startsWith("/") ? path.substring(1) : path;
    }

    private void fail(String errorType) {
        status = StatusData.error();
        attributes.put(ERROR_TYPE, errorType);
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
