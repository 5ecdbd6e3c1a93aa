package io.signalbox.configservice.source.kubernetes;

/** The API server did not answer, or not with what was asked for. The message says why. */
final class ApiFailure extends Exception {
    /** The code when there was no answer. */
    static final int NO_ANSWER = 0;

    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int GONE = 410;

    private static final long serialVersionUID = 1L;

    private final int code;

    ApiFailure(int code, String message) {
        super(message);
        this.code = code;
    }

    /** HTTP status, or {@link #NO_ANSWER}. */
    int code() {
        return code;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
