package io.signalbox.agent.upstream;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * A limit of a circuit breaker: so many of a thing at a time, over all event loops. Thread-safe. Without a limit
 * nothing is counted, so that it costs nothing.
 */
public final class Slots {
    /** As many as anyone wants. */
    public static final Slots UNLIMITED = new Slots(0, new AtomicInteger(), new LongAdder());

    private final int limit;
    private final AtomicInteger used;
    private final LongAdder refused;

    private Slots(int limit, AtomicInteger used, LongAdder refused) {
        this.limit = limit;
        this.used = used;
        this.refused = refused;
    }

    /** Another limit for the same thing; what was taken before counts on. 0: none. */
    Slots withLimit(int newLimit) {
        if (newLimit == limit) {
            return this;
        }
        if (newLimit == 0) {
            return UNLIMITED;
        }
        return limit == 0
                ? new Slots(newLimit, new AtomicInteger(), new LongAdder())
                : new Slots(newLimit, used, refused);
    }

    /** Takes one, if any is left. Each one taken must be {@linkplain #release released} once, on this object. */
    public boolean tryTake() {
        if (limit == 0) {
            return true;
        }
        if (used.incrementAndGet() > limit) {
            used.decrementAndGet();
            refused.increment();
            return false;
        }
        return true;
    }

    /** Takes one even if none is left. */
    void take() {
        if (limit > 0) {
            used.incrementAndGet();
        }
    }

    /** Gives one back. */
    public void release() {
        if (limit > 0) {
            used.decrementAndGet();
        }
    }

    /** 0: none. */
    public int limit() {
        return limit;
    }

    /** How many are taken; 0 without a limit. */
    public int used() {
        return used.get();
    }

    /** How often none was left. */
    public long refused() {
        return refused.sum();
    }
}
