package io.signalbox.agent.stats;

/** Time that only grows, passed in so that tests can move it. */
@FunctionalInterface
public interface NanoClock {
    /** The machine's clock. */
    NanoClock SYSTEM = System::nanoTime;

    /** Nanoseconds since some fixed moment; only differences mean something. */
    long nanos();
}
