package io.signalbox.agent.capture.pods;

import java.util.concurrent.atomic.LongAdder;

/** What the capture of pods counts. Thread-safe. */
public final class PodStats {
    /** Times that a namespace could not be captured; each is tried again. */
    public final LongAdder failures = new LongAdder();

    /** Namespaces that were captured. */
    public final LongAdder captures = new LongAdder();

    /** Namespaces that were let go. */
    public final LongAdder releases = new LongAdder();

    /** Looks at the processes of the node. */
    public final LongAdder scans = new LongAdder();

    /** Time of all scans. */
    public final LongAdder scanNanos = new LongAdder();

    /** Requests of the CNI plugin that were answered with success. */
    public final LongAdder cniRequests = new LongAdder();

    /** Requests of the CNI plugin that were answered with an error. */
    public final LongAdder cniErrors = new LongAdder();
}
