package io.signalbox.loadtest.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A config service that runs as a process; it keeps its ports over restarts. */
public final class ConfigServiceProgram implements AutoCloseable {
    private static final Duration READY_DEADLINE = Duration.ofSeconds(60);

    private final String name;
    private final List<String> source;
    private final Path log;
    private final Map<String, String> environment;
    private final List<String> prefix;
    private final int httpPort = FreePorts.next();
    private final int grpcPort = FreePorts.next();
    private final AdminClient admin = new AdminClient(httpPort);
    private ProgramProcess process;

    private ConfigServiceProgram(
            String name, List<String> source, Path log, Map<String, String> environment, List<String> prefix)
            throws IOException {
        this.name = name;
        this.source = List.copyOf(source);
        this.log = log;
        this.environment = Map.copyOf(environment);
        this.prefix = List.copyOf(prefix);
        this.process = launch();
    }

    /**
     * Starts it; does not wait.
     *
     * @param name of it among the replicas
     * @param source options that say where its registry is
     * @param prefix of its command line; empty, or a program that runs another, such as taskset
     */
    static ConfigServiceProgram start(
            String name, List<String> source, Path log, Map<String, String> environment, List<String> prefix)
            throws IOException {
        return new ConfigServiceProgram(name, source, log, environment, prefix);
    }

    /** Starts it again after its end, and waits until it is ready. */
    public void restart() throws IOException {
        process = launch();
        awaitReady();
    }

    /** Waits until it has read its registry. */
    public Duration awaitReady() {
        return process.awaitReady(READY_DEADLINE, () -> admin.isOk("/health/ready"));
    }

    /** What it is called among the replicas. */
    public String name() {
        return name;
    }

    /** The process that runs now. */
    public ProgramProcess process() {
        return process;
    }

    /** Its REST API. */
    public AdminClient rest() {
        return admin;
    }

    /** What an agent's {@code --config-service} is to be. */
    public String grpcAddress() {
        return "127.0.0.1:" + grpcPort;
    }

    @Override
    public void close() {
        process.close();
    }

    private ProgramProcess launch() throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Launchers.configService());
        command.addAll(source);
        command.addAll(List.of(
                "--insecure-development",
                "--replica-name",
                name,
                "--http-port",
                Integer.toString(httpPort),
                "--grpc-port",
                Integer.toString(grpcPort)));
        return ProgramProcess.start(name, command, environment, log);
    }
}
