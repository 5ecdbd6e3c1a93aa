package io.signalbox.agent.resolve;

import java.util.concurrent.atomic.LongAdder;

/** What name resolution counts. Thread-safe. */
public final class ResolveStats {
    /** Questions asked. */
    public final LongAdder lookups = new LongAdder();

    /** Questions without an answer that says an address. */
    public final LongAdder failures = new LongAdder();
}
