package io.signalbox.configservice.compile.rules;

import java.util.List;

/** The status codes of gRPC by their names. */
final class GrpcStatus {
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
    private static final int UNKNOWN = 2;

    private GrpcStatus() {}

    /** The code of a name, or of a number as text; UNKNOWN when it is neither. */
    static int code(String name) {
        int code = NAMES.indexOf(name);
        if (code >= 0) {
            return code;
        }
        try {
            int number = Integer.parseInt(name);
            return number >= 0 && number < NAMES.size() ? number : UNKNOWN;
        } catch (NumberFormatException e) {
            return UNKNOWN;
        }
    }
}
