package io.signalbox.agent.proxy;

/** A connection with output that waits for {@link LoopContext#flushLater}. */
@FunctionalInterface
public interface Flushable {
    /** Sends what waits. Called on the connection's event loop. */
    void flushNow();
}
