package io.signalbox.agent.policy;

/** The status codes of gRPC, and what HTTP's become for a gRPC caller. */
public final class GrpcStatus {
    public static final int OK = 0;
    public static final int CANCELLED = 1;
    public static final int UNKNOWN = 2;
    public static final int DEADLINE_EXCEEDED = 4;
    public static final int PERMISSION_DENIED = 7;
    public static final int RESOURCE_EXHAUSTED = 8;
    public static final int UNIMPLEMENTED = 12;
    public static final int INTERNAL = 13;
    public static final int UNAVAILABLE = 14;
    public static final int UNAUTHENTICATED = 16;

    private static final String CONTENT_TYPE = "application/grpc";

    private GrpcStatus() {}

    /** The status of an answer of the agent itself, by the gRPC project's mapping of HTTP statuses. */
    public static int ofHttp(int httpStatus) {
        return switch (httpStatus) {
            case 400 -> INTERNAL;
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404 -> UNIMPLEMENTED;
            case 429, 502, 503, 504 -> UNAVAILABLE;
            default -> UNKNOWN;
        };
    }

    /** The HTTP status that a caller gets who does not speak gRPC, by the mapping of Google's APIs. */
    public static int toHttp(int grpcStatus) {
        return switch (grpcStatus) {
            case OK -> 200;
            case CANCELLED -> 499;
            case 3, 9, 11 -> 400;
            case DEADLINE_EXCEEDED -> 504;
            case 5 -> 404;
            case 6, 10 -> 409;
            case PERMISSION_DENIED -> 403;
            case RESOURCE_EXHAUSTED -> 429;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case UNAUTHENTICATED -> 401;
            default -> 500;
        };
    }

    /** Reads the value of a header {@code grpc-status}; {@link #UNKNOWN} when it is no number. */
    public static int parse(CharSequence value) {
        int status = 0;
        for (int i = 0; i < value.length(); i++) {
            int digit = value.charAt(i) - '0';
            if (digit < 0 || digit > 9 || i == 3) {
                return UNKNOWN;
            }
            status = status * 10 + digit;
        }
        return value.isEmpty() ? UNKNOWN : status;
    }

    /** Whether a content type is gRPC's: {@code application/grpc}, or that with a format after {@code +}. */
    public static boolean isGrpc(CharSequence contentType) {
        int length = CONTENT_TYPE.length();
        if (contentType.length() < length || (contentType.length() > length && contentType.charAt(length) != '+')) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (contentType.charAt(i) != CONTENT_TYPE.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
