package io.signalbox.configservice.publish;

import io.signalbox.configservice.wire.Published;
import io.signalbox.configservice.wire.SnapshotStore;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * What agents are offered: what is published, but not more often than they can all be told. A change after a quiet time
 * is offered at once. Under steady change the pause grows with the number of agents, so that a push carries several
 * changes and agents stay at the same versions, which lets them share the bytes of deltas.
 */
final class Offer {
    /** Time that telling one agent may take of the processor, with some to spare. */
    static final long PAUSE_PER_AGENT_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    /** The longest pause, whatever the number of agents. */
    static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final SnapshotStore store;
    private final IntSupplier agents;
    private final Runnable wake;
    private final Semaphore news = new Semaphore(0);
    private volatile Published current;

    /**
     * Offers what the store has.
     *
     * @param agents how many there are
     * @param wake called after every new offer, on the thread that runs {@link #run}
     */
    Offer(SnapshotStore store, IntSupplier agents, Runnable wake) {
        this.store = store;
        this.agents = agents;
        this.wake = wake;
        this.current = store.current();
    }

    /** What agents are to hold. Any thread. */
    Published current() {
        return current;
    }

    /** Something new is in the store. Never blocks; any thread. */
    void changed() {
        news.release();
    }

    /** Makes offers until interrupted. */
    void run() throws InterruptedException {
        while (true) {
            news.acquire();
            news.drainPermits();
            current = store.current();
            wake.run();
            long pause = Math.min(MAX_PAUSE_NANOS, agents.getAsInt() * PAUSE_PER_AGENT_NANOS);
            TimeUnit.NANOSECONDS.sleep(pause);
        }
    }
}
