package io.signalbox.configservice;

/** The program could not start for a reason outside of it. The message says what, where and what to do. */
final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
