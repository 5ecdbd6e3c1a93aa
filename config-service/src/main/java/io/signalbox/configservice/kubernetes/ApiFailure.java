package io.signalbox.configservice.kubernetes;

/** The API server did not answer, or not with what was asked for. The message says why. */
public final class ApiFailure extends Exception {
    /** The code when there was no answer. */
    public static final int NO_ANSWER = 0;

    public static final int FORBIDDEN = 403;
    public static final int NOT_FOUND = 404;
    public static final int CONFLICT = 409;
    public static final int GONE = 410;

    private static final long serialVersionUID = 1L;

    private final int code;

    /**
     * A failure.
     *
     * @param code HTTP status, or {@link #NO_ANSWER}
     */
    public ApiFailure(int code, String message) {
        super(message);
        this.code = code;
    }

    /** HTTP status, or {@link #NO_ANSWER}. */
    public int code() {
        return code;
    }

    /** Why, for people. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
