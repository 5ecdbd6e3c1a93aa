package io.signalbox.loadtest.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A config service that runs as a process; it keeps its ports over restarts. */
public final class ConfigServiceProgram implements AutoCloseable {
    private static final Duration READY_DEADLINE = Duration.ofSeconds(60);

    private final Path registry;
    private final Path log;
    private final int httpPort = FreePorts.next();
    private final int grpcPort = FreePorts.next();
    private final AdminClient admin = new AdminClient(httpPort);
    private ProgramProcess process;

    private ConfigServiceProgram(Path registry, Path log) throws IOException {
        this.registry = registry;
        this.log = log;
        this.process = launch();
    }

    /** Starts it over that registry; does not wait. */
    static ConfigServiceProgram start(Path registry, Path log) throws IOException {
        return new ConfigServiceProgram(registry, log);
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
        return ProgramProcess.start(
                "config-service",
                List.of(
                        Launchers.configService(),
                        "--registry",
                        registry.toString(),
                        "--http-port",
                        Integer.toString(httpPort),
                        "--grpc-port",
                        Integer.toString(grpcPort)),
                Map.of(),
                log);
    }
}
