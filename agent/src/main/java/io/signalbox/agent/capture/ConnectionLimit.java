package io.signalbox.agent.capture;

import java.util.concurrent.atomic.AtomicInteger;

/** How many downstream connections may be open, over all event loops. Thread-safe. */
public final class ConnectionLimit {
    private final int max;
    private final AtomicInteger open = new AtomicInteger();

    /** @param max 1 or more */
    public ConnectionLimit(int max) {
        this.max = max;
    }

    /** Takes a place; false when there is none. */
    public boolean tryOpen() {
        if (open.incrementAndGet() > max) {
            open.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Gives a place back. */
    public void closed() {
        open.decrementAndGet();
    }
}
