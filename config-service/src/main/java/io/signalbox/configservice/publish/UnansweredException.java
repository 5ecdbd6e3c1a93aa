package io.signalbox.configservice.publish;

/** A question that no agent answered. The message says why, for a person. */
public final class UnansweredException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why there is no answer. */
    public enum Reason {
        /** No agent is connected, or those that were asked went away. */
        NO_AGENT,
        /** The agents that were asked said nothing in time. */
        SILENT,
        /** The agent says that it cannot answer. */
        REFUSED,
        /** The question is larger than agents take. */
        TOO_LARGE
    }

    private final Reason reason;

    UnansweredException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why there is no answer. */
    public Reason reason() {
        return reason;
    }
}
