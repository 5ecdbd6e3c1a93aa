package io.signalbox.agent.stats;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A count with one writing thread. Writing costs no fence and no lock; readers on other threads see a value that was
 * current a moment ago (opaque mode of {@link VarHandle}: no tearing, eventually visible).
 */
public final class Counter {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Counter.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long value;

    /** Adds to the count; negative amounts make it a gauge. Only the owning thread may call this. */
    public void add(long amount) {
        VALUE.setOpaque(this, value + amount);
    }

    /** Adds one. Only the owning thread may call this. */
    public void increment() {
        add(1);
    }

    /** Takes one away. Only the owning thread may call this. */
    public void decrement() {
        add(-1);
    }

    /** The count as this thread sees it. */
    public long get() {
        return (long) VALUE.getOpaque(this);
    }
}
