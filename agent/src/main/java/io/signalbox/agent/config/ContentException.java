package io.signalbox.agent.config;

import io.signalbox.config.v1.RefusalKind;

/** Content that this agent does not take, and why. Without a stack trace: a refusal is an outcome, not a bug. */
final class ContentException extends Exception {
    private static final long serialVersionUID = 1L;

    private final RefusalKind kind;

    ContentException(RefusalKind kind, String reason) {
        super(reason, null, false, false);
        this.kind = kind;
    }

    /** Content that cannot be served, whatever the agent holds. */
    static ContentException invalid(String reason) {
        return new ContentException(RefusalKind.REFUSAL_KIND_INVALID_CONTENT, reason);
    }

    /** A delta that does not lead from what the agent holds to the version that it names. */
    static ContentException deltaMismatch(String reason) {
        return new ContentException(RefusalKind.REFUSAL_KIND_DELTA_MISMATCH, reason);
    }

    RefusalKind kind() {
        return kind;
    }

    /** A sentence for a person. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
