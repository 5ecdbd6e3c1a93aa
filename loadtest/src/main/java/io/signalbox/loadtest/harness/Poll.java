package io.signalbox.loadtest.harness;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for something that another process does and cannot tell of. */
public final class Poll {
    private static final long INTERVAL_NANOS = Duration.ofMillis(10).toNanos();

    private Poll() {}

    /**
     * Asks {@code condition} until it holds.
     *
     * @param lastSeen what to say of the situation when it does not hold within {@code deadline}
     * @return how long it took
     */
    public static Duration until(Duration deadline, Supplier<String> lastSeen, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > deadline.toNanos()) {
                throw new IllegalStateException("waited " + deadline.toMillis() + " ms: " + lastSeen.get());
            }
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
