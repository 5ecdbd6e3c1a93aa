package io.signalbox.agent.config;

/** Takes every new snapshot. Implemented by {@code apply}. */
@FunctionalInterface
public interface SnapshotSink {
    /**
     * Puts a snapshot in force. Called on the control thread, one call at a time; when it returns, every new connection
     * and request is decided by the new snapshot. It does not fail: what could not be served was refused before.
     */
    void apply(SnapshotUpdate update);
}
