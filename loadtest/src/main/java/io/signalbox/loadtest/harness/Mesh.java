package io.signalbox.loadtest.harness;

import io.signalbox.loadtest.backend.Backend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One config service, one agent and services with their backends: everything that a request passes, on this machine's
 * loopback addresses. Services are at 127.1.0.x, their backends at 127.2.x.y.
 *
 * <p>Add services, then {@link #start}; more may be added later. Closing ends all that was started.
 */
public final class Mesh implements AutoCloseable {
    /** Name of the node that the agent runs on. */
    public static final String NODE = "node-1";

    private static final Duration SERVING_DEADLINE = Duration.ofSeconds(20);

    private final Path directory;
    private final RegistryFiles registry;
    private final List<MeshService<?>> services = new ArrayList<>();
    private final List<ServiceSpec> specs = new ArrayList<>();
    private List<String> configServicePrefix = List.of();
    private List<String> agentPrefix = List.of();
    private final Map<String, String> agentEnvironment = new HashMap<>();
    private final Map<String, String> configServiceEnvironment = new HashMap<>();
    private final List<ConfigServiceProgram> configServices = new ArrayList<>();
    private int replicas = 1;
    private @Nullable ServedRegistry served;
    private @Nullable AgentProgram agent;

    private Mesh(Path directory, RegistryFiles registry) {
        this.directory = directory;
        this.registry = registry;
    }

    /** A mesh without services that keeps its files in {@code directory}; what is left there of an earlier one goes. */
    public static Mesh create(Path directory) throws IOException {
        deleteTree(directory);
        Files.createDirectories(directory);
        RegistryFiles registry = new RegistryFiles(directory.resolve("registry"), directory.resolve("drafts"));
        registry.writeNamespaces(List.of("shop", "other"));
        // Who asks: clients are in namespace shop unless they bind another address.
        registry.writeCallers(NODE, Map.of("shop", "127.0.0.1", "other", "127.3.0.1"));
        Mesh mesh = new Mesh(directory, registry);
        mesh.agentEnvironment.putAll(Map.of(
                "OTEL_TRACES_EXPORTER", "none",
                "OTEL_METRICS_EXPORTER", "none",
                "OTEL_LOGS_EXPORTER", "none"));
        return mesh;
    }

    /** Adds a service with that many backends. What the spec leaves open (address, ports) is picked. */
    public <B extends Backend> MeshService<B> add(ServiceSpec spec, Backend.Starter<B> starter, int replicas)
            throws IOException {
        ServiceSpec whole = complete(spec);
        MeshService<B> service = new MeshService<>(whole, specs.size(), registry, starter);
        services.add(service);
        service.startAll(replicas);
        return service;
    }

    /** Adds a service whose backends somebody else runs, at these addresses; returns it with what was left open. */
    public ServiceSpec declare(ServiceSpec spec, List<String> endpointAddresses) {
        ServiceSpec whole = complete(spec);
        registry.writeService(
                whole, endpointAddresses.stream().map(InetAddress::ofLiteral).toList());
        return whole;
    }

    private ServiceSpec complete(ServiceSpec spec) {
        ServiceSpec whole = spec.withClusterIp(
                        spec.clusterIp().isEmpty() ? "127.1.0." + (specs.size() + 1) : spec.clusterIp())
                .withPort(spec.port() == 0 ? FreePorts.next() : spec.port())
                .withTargetPort(spec.targetPort() == 0 ? FreePorts.next() : spec.targetPort());
        specs.add(whole);
        return whole;
    }

    /** Gives each program one CPU, by number; before {@link #start}. */
    public Mesh pinned(String configServiceCpu, String agentCpu) {
        configServicePrefix = List.of("taskset", "-c", configServiceCpu);
        agentPrefix = List.of("taskset", "-c", agentCpu);
        return this;
    }

    /** Lets the config services follow an API server that holds what the registry files say; before {@link #start}. */
    public Mesh onApiServer() throws IOException {
        served = ServedRegistry.of(registry, directory);
        return this;
    }

    /** Runs that many config services, among which the agent chooses; before {@link #start}. */
    public Mesh withReplicas(int number) {
        replicas = number;
        return this;
    }

    /** Adds to the agent's environment; before {@link #start}. */
    public Mesh withAgentEnvironment(Map<String, String> environment) {
        agentEnvironment.putAll(environment);
        return this;
    }

    /** Adds to the config service's environment; before {@link #start}. */
    public Mesh withConfigServiceEnvironment(Map<String, String> environment) {
        configServiceEnvironment.putAll(environment);
        return this;
    }

    /** Starts config service and agent; returns when the agent serves every service. */
    public void start() throws IOException {
        List<String> source =
                served == null ? List.of("--registry", registry.directory().toString()) : served.sourceOptions();
        for (int replica = 0; replica < replicas; replica++) {
            String name = replica == 0 ? "config-service" : "config-service-" + replica;
            configServices.add(ConfigServiceProgram.start(
                    name, source, directory.resolve(name + ".log"), configServiceEnvironment, configServicePrefix));
        }
        String addresses =
                configServices.stream().map(ConfigServiceProgram::grpcAddress).collect(Collectors.joining(","));
        agent = AgentProgram.start(addresses, NODE, directory, agentEnvironment, agentPrefix);
        configServices.forEach(ConfigServiceProgram::awaitReady);
        agent.awaitReady();
        awaitServing();
    }

    /** Waits until every service's address accepts connections. */
    public void awaitServing() {
        for (ServiceSpec service : specs) {
            Poll.until(
                    SERVING_DEADLINE,
                    () -> service + ": nobody listens\n" + agent().process().logTail(),
                    () -> accepts(service));
        }
    }

    public RegistryFiles registry() {
        return registry;
    }

    /** The config service, or the first of several. */
    public ConfigServiceProgram configService() {
        return configServices().getFirst();
    }

    /** All config services. */
    public List<ConfigServiceProgram> configServices() {
        started(agent);
        return List.copyOf(configServices);
    }

    public AgentProgram agent() {
        return started(agent);
    }

    /** Where logs and registry are. */
    public Path directory() {
        return directory;
    }

    /** Ends the agent, the config service and the backends. */
    @Override
    public void close() {
        if (agent != null) {
            agent.close();
        }
        configServices.forEach(ConfigServiceProgram::close);
        services.forEach(MeshService::close);
        if (served != null) {
            served.close();
        }
    }

    /** Deletes a directory with all that is in it. */
    public static void deleteTree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static boolean accepts(ServiceSpec service) {
        try (Socket socket = new Socket(InetAddress.ofLiteral(service.clusterIp()), service.port())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static <T> T started(@Nullable T program) {
        if (program == null) {
            throw new IllegalStateException("mesh: not started (expected: start() was called)");
        }
        return program;
    }
}
