package io.signalbox.agent.policy;

/** How an attempt ended without a response. */
public enum AttemptFailure {
    /** No connection could be opened. */
    CONNECT_FAILURE,
    /** The endpoint says that it has not looked at the request. */
    REFUSED_STREAM,
    /** The connection or stream broke before any of the request had left. */
    RESET_BEFORE_REQUEST,
    /** The connection or stream broke, or what came was no response. */
    RESET,
    /** The time of one attempt was up. */
    TIMEOUT,
    /** A limit of the backend was reached. */
    OVERFLOW
}
