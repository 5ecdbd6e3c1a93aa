package io.signalbox.configservice.registry;

import java.util.List;
import java.util.OptionalInt;

/** The status codes of gRPC by their names, as a fault's {@code grpcStatus} has them. */
public final class GrpcStatus {
    private static final List<String> NAMES = List.of(
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
            "UNAUTHENTICATED");

    private GrpcStatus() {}

    /** The code of a name; empty when there is no such status. */
    public static OptionalInt code(String name) {
        int code = NAMES.indexOf(name);
        return code < 0 ? OptionalInt.empty() : OptionalInt.of(code);
    }
}
