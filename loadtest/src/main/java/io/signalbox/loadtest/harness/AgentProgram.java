package io.signalbox.loadtest.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An agent that runs as a process and captures by binding service addresses; it keeps its ports and data over restarts.
 */
public final class AgentProgram implements AutoCloseable {
    private static final Duration READY_DEADLINE = Duration.ofSeconds(60);

    private final String configService;
    private final String node;
    private final Path directory;
    private final Map<String, String> environment;
    private final List<String> prefix;
    private final int adminPort = FreePorts.next();
    private final AdminClient admin = new AdminClient(adminPort);
    private ProgramProcess process;

    private AgentProgram(
            String configService, String node, Path directory, Map<String, String> environment, List<String> prefix)
            throws IOException {
        this.configService = configService;
        this.node = node;
        this.directory = directory;
        this.environment = Map.copyOf(environment);
        this.prefix = List.copyOf(prefix);
        this.process = launch();
    }

    /**
     * Starts it; does not wait.
     *
     * @param configService host and port, or several with commas between
     * @param directory for its log and its last-known-good copy
     * @param prefix of its command line; empty, or a program that runs another, such as taskset
     */
    static AgentProgram start(
            String configService, String node, Path directory, Map<String, String> environment, List<String> prefix)
            throws IOException {
        return new AgentProgram(configService, node, directory, environment, prefix);
    }

    /** Starts it again after its end; does not wait. */
    public void restart() throws IOException {
        process = launch();
    }

    /** Waits until it serves. */
    public Duration awaitReady() {
        return process.awaitReady(READY_DEADLINE, () -> admin.isOk("/ready"));
    }

    /** The process that runs now. */
    public ProgramProcess process() {
        return process;
    }

    /** Port of its admin endpoint. */
    public int adminPort() {
        return adminPort;
    }

    /** Its admin endpoint. */
    public AdminClient admin() {
        return admin;
    }

    @Override
    public void close() {
        process.close();
    }

    private ProgramProcess launch() throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Launchers.agent(),
                "--config-service",
                configService,
                "--insecure-development",
                "--node",
                node,
                "--capture",
                "explicit",
                "--admin-port",
                Integer.toString(adminPort),
                "--data-dir",
                directory.resolve("agent-data").toString()));
        return ProgramProcess.start("agent", command, environment, directory.resolve("agent.log"));
    }
}
