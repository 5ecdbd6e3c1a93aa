package io.signalbox.agent.config;

import io.signalbox.agent.routing.PortTable;
import io.signalbox.agent.routing.PortTableBuilder;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.config.v1.PortSnapshot;
import io.signalbox.config.v1.PortUpdate;
import io.signalbox.config.v1.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a push costs the agent, from the message to the table: a whole port, and a change of one service's endpoints.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SnapshotBenchmark {
    private static final int PORT = 80;
    private static final int ENDPOINTS = 10;

    /** Services on the port. */
    @Param({"10", "1000", "5000"})
    public int services = 10;

    private PortSnapshot full = PortSnapshot.getDefaultInstance();
    private PortUpdate delta = PortUpdate.getDefaultInstance();
    private @Nullable Applied held;

    /** What an agent holds of the port. */
    private record Applied(HeldPortContent content, Map<String, PreparedBackend> backends, PortTable table) {
        static Applied of(HeldPortContent content) {
            Map<String, PreparedBackend> backends = PortTableBuilder.prepareBackends(content.snapshot(), Map.of(), 1);
            return new Applied(content, backends, PortTableBuilder.build(content.snapshot(), backends, null));
        }

        Applied next(HeldPortContent changed) {
            Map<String, PreparedBackend> prepared = PortTableBuilder.prepareBackends(changed.snapshot(), backends, 2);
            return new Applied(changed, prepared, PortTableBuilder.build(changed.snapshot(), prepared, table));
        }
    }

    /** Makes the messages. */
    @Setup
    public void build() throws ContentException {
        List<Resource> resources = new ArrayList<>();
        for (int i = 0; i < services; i++) {
            resources.add(Protos.backend("service-" + i, ENDPOINTS));
            resources.add(Protos.virtualHost("service-" + i, "service-" + i));
        }
        full = Protos.snapshot(PORT, resources.toArray(Resource[]::new));
        resources.set(0, Protos.backend("service-0", ENDPOINTS + 1));
        delta = Protos.delta(full, Protos.snapshot(PORT, resources.toArray(Resource[]::new)));
        held = Applied.of(HeldPortContent.full(PORT, full));
    }

    /** The port is sent whole. */
    @Benchmark
    public Object applyWhole() throws ContentException {
        return Applied.of(HeldPortContent.full(PORT, full));
    }

    /** One service has one more endpoint. */
    @Benchmark
    public Object applyDelta() throws ContentException {
        Applied before = Objects.requireNonNull(held);
        return before.next(before.content().delta(PORT, delta.getDelta()));
    }
}
