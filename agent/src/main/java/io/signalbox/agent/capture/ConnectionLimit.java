package io.signalbox.agent.capture;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How many downstream connections are open, and may be, over all event loops. Thread-safe. */
public final class ConnectionLimit {
    private final int max;
    private final AtomicInteger open = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();

    /** @param max 1 or more */
    public ConnectionLimit(int max) {
        this.max = max;
    }

    /** Takes a place; false when there is none. */
    public boolean tryOpen() {
        if (open.incrementAndGet() > max) {
            closed();
            return false;
        }
        return true;
    }

    /** Gives a place back. */
    public void closed() {
        // The lock is for the last connection alone, so that no other end waits for anybody.
        if (open.decrementAndGet() == 0) {
            lock.lock();
            try {
                none.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Connections that are open now. */
    public int open() {
        return open.get();
    }

    /**
     * Waits until no connection is open.
     *
     * @return false when the time is over before, or the thread was interrupted
     */
    public boolean awaitNone(Duration timeout) {
        long remainingNanos = timeout.toNanos();
        lock.lock();
        try {
            while (open.get() > 0) {
                if (remainingNanos <= 0) {
                    return false;
                }
                remainingNanos = none.awaitNanos(remainingNanos);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
