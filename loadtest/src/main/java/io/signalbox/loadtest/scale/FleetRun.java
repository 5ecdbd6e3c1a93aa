package io.signalbox.loadtest.scale;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.loadtest.harness.AdminClient;
import io.signalbox.loadtest.harness.FreePorts;
import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.Metrics;
import io.signalbox.loadtest.harness.Poll;
import io.signalbox.loadtest.harness.ProcStats;
import io.signalbox.loadtest.harness.ProgramProcess;
import io.signalbox.loadtest.harness.RegistryFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * One run: a real config service over a registry on disk, a fleet of simulated agents, and changes at a fixed rate.
 *
 * @param registry how large
 * @param agents how many, each of a node of its own
 * @param checked how many of them hold and hash the content
 * @param podsPerNode workloads that each node is told of
 * @param changesPerSecond rate of changes, open loop
 * @param structurePercent share of changes that are of VirtualServices, DestinationRules and Services; the others move
 *     endpoints
 * @param warmUp changes at the same rate that are not counted
 * @param time how long changes are counted
 */
record FleetRun(
        LargeRegistry registry,
        int agents,
        int checked,
        int podsPerNode,
        int changesPerSecond,
        int structurePercent,
        Duration warmUp,
        Duration time) {
    private static final Duration DEADLINE = Duration.ofMinutes(3);
    private static final long MAX_MICROS = TimeUnit.MINUTES.toMicros(5);
    private static final double MEGA = 1e6;

    /** Runs it; files and logs stay in the directory. Figures by name, in the order of the report. */
    Map<String, Object> run(Path directory) throws IOException {
        Mesh.deleteTree(directory);
        RegistryFiles files = new RegistryFiles(directory.resolve("registry"), directory.resolve("drafts"));
        ChangeLog log = new ChangeLog();
        FleetRegistry declared = new FleetRegistry(registry, agents, podsPerNode, files, log);
        declared.write();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("services", registry.services());
        figures.put("endpoints", registry.services() * registry.endpointsPerService());
        figures.put("VirtualServices", registry.rules());
        figures.put("agents", agents);
        int httpPort = FreePorts.next();
        int grpcPort = FreePorts.next();
        long start = System.nanoTime();
        try (ProgramProcess process = startConfigService(directory, httpPort, grpcPort);
                Fleet fleet = new Fleet(new InetSocketAddress(InetAddress.getLoopbackAddress(), grpcPort))) {
            AdminClient rest = AdminClient.at(httpPort);
            process.awaitReady(DEADLINE, () -> rest.isOk("/health/ready"));
            figures.put("start to ready, ms", millis(System.nanoTime() - start));
            stages(rest).forEach((stage, seconds) -> figures.put("cold " + stage + ", ms", round(seconds * 1e3)));
            connect(fleet, rest, log, figures);
            churn(process, fleet, rest, declared, log, figures);
            compareWithFullFetch(fleet, rest, log, figures);
        }
        return figures;
    }

    private static ProgramProcess startConfigService(Path directory, int httpPort, int grpcPort) throws IOException {
        return ProgramProcess.start(
                "config-service",
                List.of(
                        Launchers.configService(),
                        "--registry",
                        directory.resolve("registry").toString(),
                        "--insecure-development",
                        "--http-port",
                        Integer.toString(httpPort),
                        "--grpc-port",
                        Integer.toString(grpcPort)),
                Map.of(),
                directory.resolve("config-service.log"));
    }

    /** All agents at once, with nothing: as after an outage of everything. */
    private void connect(Fleet fleet, AdminClient rest, ChangeLog log, Map<String, Object> figures) {
        long start = System.nanoTime();
        fleet.add(agents, checked, log);
        Map<Integer, String> versions = versions(rest);
        Poll.until(DEADLINE, () -> "not all agents hold all ports", () -> fleet.allHold(versions));
        figures.put("all agents at once, from nothing to everything, ms", millis(System.nanoTime() - start));
        figures.put("bytes for that, MB", round(fleet.bytes() / MEGA));
    }

    private void churn(
            ProgramProcess process,
            Fleet fleet,
            AdminClient rest,
            FleetRegistry declared,
            ChangeLog log,
            Map<String, Object> figures) {
        long period = TimeUnit.SECONDS.toNanos(1) / changesPerSecond;
        change(declared, warmUp.toNanos() / period, period);
        int first = log.next();
        awaitArrival(fleet, log);
        ProcStats before = process.stats();
        Map<String, Double> stagesBefore = stages(rest);
        double runsBefore = runs(rest);
        long bytesBefore = fleet.bytes();
        long acksBefore = fleet.acks();
        long start = System.nanoTime();
        change(declared, time.toNanos() / period, period);
        double seconds = (System.nanoTime() - start) / 1e9;
        awaitArrival(fleet, log);
        ProcStats after = process.stats();
        figures.put("changes", log.next() - first);
        figures.put("changes a second", round((log.next() - first) / seconds));
        figures.put("of them not of endpoints, %", structurePercent);
        latencies(fleet, log, first, figures);
        double cpuSeconds = (after.cpuMicros() - before.cpuMicros()) / 1e6;
        figures.put("config service CPU, s", round(cpuSeconds));
        figures.put("config service CPU, % of one", round(100 * cpuSeconds / seconds));
        figures.put("passes of the pipeline", Math.round(runs(rest) - runsBefore));
        stages(rest)
                .forEach((stage, total) -> figures.put(
                        stage + " in a pass, ms",
                        round((total - stagesBefore.getOrDefault(stage, 0.0)) * 1e3 / (runs(rest) - runsBefore))));
        figures.put("pushes acked", fleet.acks() - acksBefore);
        figures.put("bytes sent, MB", round((fleet.bytes() - bytesBefore) / MEGA));
        figures.put("versions checked by content", fleet.checks());
        figures.put("config service heap in use, MB", round(heap(rest) / MEGA));
        figures.put("config service Pss, MB", round(after.pssBytes() / MEGA));
    }

    /** Open loop: a late change is made at once, and those after it keep their times. */
    private void change(FleetRegistry declared, long count, long period) {
        long start = System.nanoTime();
        for (long i = 0; i < count; i++) {
            long due = start + i * period;
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            if (i * structurePercent / 100 != (i + 1) * structurePercent / 100) {
                declared.changeStructure();
            } else {
                declared.changeEndpoints();
            }
        }
    }

    private void awaitArrival(Fleet fleet, ChangeLog log) {
        Poll.until(DEADLINE, () -> log.arrivedCount() + " of " + log.next() + " changes arrived", () -> {
            failures(fleet);
            return log.arrivedCount() == log.next() && ackedByAll(fleet, log);
        });
    }

    private static boolean ackedByAll(Fleet fleet, ChangeLog log) {
        return log.next() == 0
                || fleet.agents().stream().allMatch(agent -> agent.ackedNanos(log.revision(log.next() - 1)) >= 0);
    }

    private static void failures(Fleet fleet) {
        fleet.agents().forEach(agent -> {
            if (!agent.failure().isEmpty()) {
                throw new IllegalStateException(agent.failure());
            }
        });
    }

    /** By the one clock of this process: from the moment a file is moved into place. */
    private static void latencies(Fleet fleet, ChangeLog log, int first, Map<String, Object> figures) {
        Histogram each = new Histogram(MAX_MICROS, 3);
        Map<String, Histogram> last = new TreeMap<>();
        List<FleetAgent> all = fleet.agents();
        for (int i = first; i < log.next(); i++) {
            long latest = 0;
            for (FleetAgent agent : all) {
                long micros = (agent.ackedNanos(log.revision(i)) - log.get(i).madeNanos()) / 1_000;
                each.recordValue(Math.clamp(micros, 0, MAX_MICROS));
                latest = Math.max(latest, micros);
            }
            for (String kind : List.of("any", log.get(i).kind())) {
                last.computeIfAbsent(kind, _ -> new Histogram(MAX_MICROS, 3)).recordValue(Math.min(latest, MAX_MICROS));
            }
        }
        last.forEach((kind, histogram) -> percentiles("change (" + kind + ") to last ack", histogram, figures));
        percentiles("change (any) to ack of each agent", each, figures);
    }

    private static void percentiles(String what, Histogram micros, Map<String, Object> figures) {
        figures.put(what + ", p50 ms", millis(micros.getValueAtPercentile(50) * 1_000));
        figures.put(what + ", p99 ms", millis(micros.getValueAtPercentile(99) * 1_000));
        figures.put(what + ", max ms", millis(micros.getMaxValue() * 1_000));
    }

    /** An agent that comes last gets everything in full; what deltas made must be the same. */
    private static void compareWithFullFetch(
            Fleet fleet, AdminClient rest, ChangeLog log, Map<String, Object> figures) {
        Map<Integer, String> versions = versions(rest);
        List<FleetAgent> old = fleet.agents();
        fleet.add(1, 1, log);
        Poll.until(DEADLINE, () -> "not all agents hold " + versions, () -> fleet.allHold(versions));
        CheckedContent fetched = fleet.agents().getLast().content();
        for (FleetAgent agent : old) {
            CheckedContent content = agent.content();
            if (fetched != null && content != null && !content.hashes().equals(fetched.hashes())) {
                throw new IllegalStateException("an agent's content is not what a full fetch gives");
            }
        }
        figures.put("agents that end with the versions of a full fetch", old.size());
    }

    private static Map<Integer, String> versions(AdminClient rest) {
        Map<Integer, String> versions = new TreeMap<>();
        for (JsonNode port : rest.json("/v1/ports").path("ports")) {
            versions.put(port.path("port").asInt(), port.path("version").asText());
        }
        return versions;
    }

    private static Map<String, Double> stages(AdminClient rest) {
        return rest.metrics().sumBy("signalbox_config_stage_duration_seconds_sum", "stage");
    }

    private static double runs(AdminClient rest) {
        return rest.metrics()
                .sumBy("signalbox_config_stage_duration_seconds_count", "stage")
                .getOrDefault("publish", 0.0);
    }

    private static double heap(AdminClient rest) {
        return new ArrayList<>(rest.metrics().samples())
                .stream()
                        .filter(sample -> sample.name().equals("jvm_memory_used_bytes"))
                        .filter(sample ->
                                sample.labels().getOrDefault("area", "").equals("heap"))
                        .mapToDouble(Metrics.Sample::value)
                        .sum();
    }

    private static double millis(long nanos) {
        return round(nanos / 1e6);
    }

    private static double round(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
