package io.signalbox.configservice.identity;

/** An agent is not let in. The message says why and what to do about it, for a person. */
public final class AuthenticationException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why an agent is not let in. */
    public enum Reason {
        /** It does not prove who it is. */
        UNAUTHENTICATED,
        /** It proves to be somebody who gets nothing here. */
        DENIED,
        /** What it shows cannot be checked at the moment. */
        UNAVAILABLE
    }

    private final Reason reason;

    AuthenticationException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
