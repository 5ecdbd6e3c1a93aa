package io.signalbox.agent.capture.pods;

import io.signalbox.agent.capture.rules.FailureMode;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One network namespace of a pod, for operators.
 *
 * @param uid of the pod; empty while unknown
 * @param name {@code namespace/name} of the pod; null while the config service has not told of it
 * @param inode of the network namespace; 0 where it may not be seen
 * @param state whether its connections are captured
 * @param failureMode what becomes of them without an agent; null where they are not captured
 * @param reason why not, where {@code state} is {@link State#FAILED}; else empty
 * @param port of the agent's listeners there; 0 where there are none
 */
public record PodReport(
        String uid,
        @Nullable String name,
        long inode,
        State state,
        @Nullable FailureMode failureMode,
        String reason,
        int port) {
    static final Comparator<PodReport> ORDER =
            Comparator.comparing(PodReport::uid).thenComparingLong(PodReport::inode);

    /** Whether a pod's connections are captured. */
    public enum State {
        /** They are. */
        CAPTURED,
        /** The pod or its namespace does not want it. */
        EXCLUDED,
        /** They are not, and it is tried again. */
        FAILED
    }
}
