package io.signalbox.agent.upstream;

/** The connections of one protocol to one endpoint, on one event loop. Confined to the loop. */
public interface Pool {
    /** The endpoint left: close idle connections now and busy ones as soon as they are idle. */
    void retire();

    /**
     * Close connections that no request has used for so long.
     *
     * @param tick the loop's tick now
     * @param idleTicks ticks after which a connection counts as idle
     */
    void closeIdle(int tick, int idleTicks);
}
