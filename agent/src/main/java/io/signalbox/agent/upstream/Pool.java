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

    /** A pool of the same kind for another endpoint. */
    Pool ofSameKind(UpstreamEndpoint other);

    /** Opens a first connection, if there is none and one may be opened, before any request asks for it. */
    void warm();
}
