package io.signalbox.loadtest.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The agent of a node, as a process in the node's network; it keeps its data over restarts. */
public final class NodeAgent {
    private static final Duration READY_DEADLINE = Duration.ofSeconds(60);
    private static final Duration EXIT_DEADLINE = Duration.ofSeconds(40);
    private static final int ADMIN_PORT = 15000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ClusterNode node;
    private final @Nullable Cgroup cgroup;
    private final List<String> command;
    private final Path log;
    private ProgramProcess process;

    private NodeAgent(ClusterNode node, @Nullable Cgroup cgroup, List<String> command, Path log) throws IOException {
        this.node = node;
        this.cgroup = cgroup;
        this.command = command;
        this.log = log;
        this.process = launch();
    }

    /**
     * Starts it; does not wait.
     *
     * @param configService host and port
     * @param trust options by which it trusts the config service, and proves who it is
     */
    static NodeAgent start(ClusterNode node, String configService, List<String> trust, Capture capture, Path directory)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Launchers.agent(),
                "--config-service",
                configService,
                "--node",
                node.name(),
                // Each event loop takes its own turns among endpoints.
                "--event-loops",
                "1",
                "--admin-port",
                Integer.toString(ADMIN_PORT),
                "--data-dir",
                directory.resolve("agent-data-" + node.name()).toString()));
        command.addAll(List.of("--handover-socket", node.handoverSocket().toString()));
        command.addAll(trust);
        command.addAll(capture.options(node));
        return new NodeAgent(node, null, List.copyOf(command), directory.resolve("agent-" + node.name() + ".log"));
    }

    /**
     * Starts it in a container, in the cgroup of a pod; does not wait.
     *
     * @param configService host and port
     */
    static NodeAgent start(
            ClusterNode node, String configService, AgentImage image, Path ca, Path token, Path directory)
            throws IOException {
        List<String> command = image.command(
                node,
                directory.resolve("agent-" + node.name()),
                ca,
                token,
                Map.of(
                        "--config-service",
                        configService,
                        // Both nodes share the hierarchy of cgroups.
                        "--pods-cgroup",
                        node.podsCgroupPath(),
                        "--event-loops",
                        "1"));
        Cgroup pod = node.podsCgroup().child("burstable/pod" + UUID.randomUUID() + "/agent");
        return new NodeAgent(node, pod, command, directory.resolve("agent-" + node.name() + ".log"));
    }

    /** Starts it again after its end; does not wait. */
    public void restart() throws IOException {
        process = launch();
    }

    /**
     * How an upgrade went.
     *
     * @param ready from the successor's start until it served
     * @param ended from the predecessor's SIGTERM to its end
     */
    public record Upgrade(Duration ready, Duration ended) {}

    /** Starts a successor while it runs, as a rolling update does, and ends it when the successor serves. */
    public Upgrade upgrade() throws IOException, InterruptedException {
        ProgramProcess predecessor = process;
        long before = starts();
        process = launch();
        Duration ready = process.awaitReady(READY_DEADLINE, () -> starts() > before);
        long begin = System.nanoTime();
        predecessor.terminate();
        predecessor.awaitExit(EXIT_DEADLINE);
        return new Upgrade(ready, Duration.ofNanos(System.nanoTime() - begin));
    }

    /** How often one has become ready, by the log that all of them write. */
    private long starts() {
        return process.log()
                .lines()
                .filter(line -> line.contains("agent ready: "))
                .count();
    }

    /** Waits until it serves. */
    public Duration awaitReady() {
        return process.awaitReady(READY_DEADLINE, () -> {
            try {
                return node.network().run(curl("/ready")).exitCode() == 0;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        });
    }

    /** The process that runs now. */
    public ProgramProcess process() {
        return process;
    }

    /** What its admin endpoint answers to a GET. */
    public String admin(String path) throws IOException, InterruptedException {
        return node.network().require(curl(path));
    }

    /** The JSON that its admin endpoint answers to a GET. */
    public JsonNode json(String path) throws IOException, InterruptedException {
        return JSON.readTree(admin(path));
    }

    void close() {
        process.close();
    }

    private ProgramProcess launch() throws IOException {
        Map<String, String> environment = Map.of(
                "OTEL_TRACES_EXPORTER", "none",
                "OTEL_METRICS_EXPORTER", "none",
                "OTEL_LOGS_EXPORTER", "none");
        String name = "agent " + node.name();
        return cgroup == null
                ? node.network().start(name, log, null, environment, command.toArray(String[]::new))
                : ProgramProcess.start(name, cgroup.inside(command), environment, log);
    }

    private static String[] curl(String path) {
        return new String[] {"curl", "-sSf", "--max-time", "5", "http://127.0.0.1:" + ADMIN_PORT + path};
    }
}
