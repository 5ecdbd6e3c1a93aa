package io.signalbox.agent.apply;

import io.signalbox.agent.config.SnapshotSink;
import io.signalbox.agent.config.SnapshotUpdate;
import io.signalbox.agent.proxy.ConnectionReport;
import io.signalbox.agent.proxy.RequestTracing;
import io.signalbox.agent.stats.LoopStats;
import java.time.Duration;
import java.util.List;

/** The event loops with all that runs on them, seen from the control side. Methods may be called from any thread but an event loop. */
public final class Dataplane implements SnapshotSink, AutoCloseable {
    public Dataplane(DataplaneConfig config, RequestTracing tracing) {}

    /** Starts the event loops and, in redirect mode, binds. Throws with the address when that fails. */
    public void start() {}

    @Override
    public void apply(SnapshotUpdate update) {}

    /** One set of counters per event loop. */
    public List<LoopStats> stats() {
        return List.of();
    }

    /** Addresses that could not be bound in explicit mode, each with the reason; retried every few seconds. */
    public List<String> bindProblems() {
        return List.of();
    }

    /** All downstream connections; waits for the event loops, for one second at most. */
    public List<ConnectionReport> connections() {
        return List.of();
    }

    /**
     * Stops accepting, tells callers to go elsewhere (GOAWAY, {@code connection: close}), waits until the open requests
     * have ended or the deadline has passed, and closes the rest.
     */
    public void drain(Duration deadline) {}

    /** Closes everything at once. */
    @Override
    public void close() {}
}
