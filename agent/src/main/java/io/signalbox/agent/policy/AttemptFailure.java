package io.signalbox.agent.policy;

/** How an attempt ended without a response. */
public enum AttemptFailure {
    /** No connection could be opened. */
    CONNECT_FAILURE("connect_failed"),
    /** The endpoint says that it has not looked at the request. */
    REFUSED_STREAM("refused_stream"),
    /** The connection or stream broke before any of the request had left. */
    RESET_BEFORE_REQUEST("connection_closed"),
    /** The connection or stream broke, or what came was no response. */
    RESET("connection_closed"),
    /** The time of one attempt was up. */
    TIMEOUT("timeout"),
    /** A limit of the backend was reached. */
    OVERFLOW("overflow");

    private final String errorType;

    AttemptFailure(String errorType) {
        this.errorType = errorType;
    }

    /** In the form of the attribute {@code error.type} of OpenTelemetry. */
    public String errorType() {
        return errorType;
    }
}
