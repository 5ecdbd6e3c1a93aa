package io.signalbox.configservice.publish;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The two kinds of time that a session needs.
 *
 * @param wall for people
 * @param elapsed in nanoseconds, unmoved by changes of the wall clock: for deadlines and latencies
 */
public record SessionClock(InstantSource wall, LongSupplier elapsed) {
    /** The machine's time. */
    public static final SessionClock SYSTEM = new SessionClock(InstantSource.system(), System::nanoTime);

    Instant now() {
        return wall.instant();
    }

    long nanos() {
        return elapsed.getAsLong();
    }
}
