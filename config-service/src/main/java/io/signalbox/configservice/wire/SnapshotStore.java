package io.signalbox.configservice.wire;

import io.signalbox.configservice.snapshot.Snapshot;

/** Holds what is published: one reference, swapped whole. Written by the pipeline's thread alone, read by any. */
public final class SnapshotStore {
    private volatile Published current = Published.EMPTY;

    /** Encodes what changed and publishes it. To be called by one thread only. */
    public void publish(Snapshot snapshot) {
        current = current.next(snapshot);
    }

    /** What is published now. */
    public Published current() {
        return current;
    }
}
