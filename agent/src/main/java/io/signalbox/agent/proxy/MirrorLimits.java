package io.signalbox.agent.proxy;

/** What copies of requests may cost. */
public final class MirrorLimits {
    /** Copies that may run on one event loop; one more is not made. */
    static final int MAX_RUNNING = 1024;

    /** Bytes of a copy that may wait for its receiver; one that falls further behind is abandoned. */
    public static final int MAX_WAITING_BYTES = 256 * 1024;

    /** How long a copy may take, with its response. */
    public static final long MAX_MILLIS = 60_000;

    private MirrorLimits() {}
}
