package io.signalbox.agent.proxy;

/** An open connection from a caller, whatever it speaks. Confined to its event loop. */
public interface DownstreamConnection {
    /** What an operator sees of it. */
    ConnectionReport report();

    /**
     * End when the running requests have; an idle connection ends at once. A TCP connection goes on until the deadline.
     */
    void drain();

    /** End now: the drain deadline has passed. */
    void closeNow();

    /**
     * End when idle: no request runs and no byte has moved for so long.
     *
     * @param tick the loop's tick now; the connection notes {@link LoopContext#tick()} whenever bytes move
     * @param idleTicks ticks after which it counts as idle
     */
    void closeIfIdle(int tick, int idleTicks);
}
