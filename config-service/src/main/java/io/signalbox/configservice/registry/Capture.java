package io.signalbox.configservice.registry;

import org.jspecify.annotations.Nullable;

/**
 * What the annotations of a pod or of its namespace say of the capture of what the pod sends.
 *
 * @param wanted whether it is captured; null: not said
 * @param failure what becomes of it while no agent runs; null: not said
 */
public record Capture(@Nullable Boolean wanted, @Nullable Failure failure) {
    /** {@code enabled} or {@code disabled}. */
    public static final String ANNOTATION = "signalbox.io/capture";

    /** {@code open} or {@code closed}. */
    public static final String FAILURE_ANNOTATION = "signalbox.io/capture-failure";

    /** Says nothing. */
    public static final Capture UNSAID = new Capture(null, null);

    /** What becomes of captured traffic while no agent runs. */
    public enum Failure {
        /** It goes where it would go without an agent. */
        OPEN,
        /** It is refused. */
        CLOSED
    }

    /** This, and what it does not say from another. */
    public Capture orElse(Capture other) {
        return new Capture(wanted == null ? other.wanted : wanted, failure == null ? other.failure : failure);
    }
}
