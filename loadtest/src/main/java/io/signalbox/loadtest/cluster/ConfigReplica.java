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

/** One of the config services, as a process in the control plane's network with an address of its own. */
public final class ConfigReplica {
    /** Port of the agents' streams. */
    static final int GRPC_PORT = 15010;

    private static final Duration READY_DEADLINE = Duration.ofSeconds(60);
    private static final int HTTP_PORT = 8080;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final NetworkNamespace network;
    private final String address;
    private final List<String> command;
    private final Path log;
    private ProgramProcess process;

    /**
     * Starts it; does not wait.
     *
     * @param source options that say where its objects come from, and how it knows agents
     * @param certificates of its port for agents
     */
    ConfigReplica(
            String name,
            NetworkNamespace network,
            String address,
            List<String> source,
            StreamCertificates certificates,
            Path directory)
            throws IOException {
        this.name = name;
        this.network = network;
        this.address = address;
        this.log = directory.resolve(name + ".log");
        List<String> whole = new ArrayList<>(List.of(
                Launchers.configService(),
                "--bind-address",
                address,
                "--tls-certificate",
                certificates.certificate().toString(),
                "--tls-key",
                certificates.key().toString(),
                "--replica-name",
                name,
                "--http-bind-address",
                address,
                "--http-port",
                Integer.toString(HTTP_PORT),
                "--grpc-port",
                Integer.toString(GRPC_PORT)));
        whole.addAll(source);
        this.command = List.copyOf(whole);
        this.process = launch();
    }

    /** Starts it again after its end; does not wait. */
    public void restart() throws IOException {
        process = launch();
    }

    /** Waits until it has its objects. */
    public Duration awaitReady() {
        return process.awaitReady(READY_DEADLINE, () -> {
            try {
                return network.run(curl("/health/ready")).exitCode() == 0;
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

    /** Where its REST API is. */
    String restAddress() {
        return address + ":" + HTTP_PORT;
    }

    /** What its REST API answers to a GET. */
    public JsonNode rest(String path) throws IOException, InterruptedException {
        return JSON.readTree(network.require(curl(path)));
    }

    void close() {
        process.close();
    }

    private ProgramProcess launch() throws IOException {
        return network.start(name, log, null, Map.of(), command.toArray(String[]::new));
    }

    private String[] curl(String path) {
        return new String[] {"curl", "-sSf", "--max-time", "5", "http://" + restAddress() + path};
    }
}
