package io.signalbox.loadtest.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.loadtest.harness.Commands;
import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.Poll;
import io.signalbox.loadtest.harness.ProgramProcess;
import io.signalbox.loadtest.harness.RegistryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A node in a network namespace of its own, with one agent that captures by rules of the kernel, a config service, and
 * backends. Needs root.
 *
 * <p>Services are in 10.96.0.0/16 and fd96::/64, pods in 10.98.0.0/16 and fd98::/64, and what the mesh does not know is
 * in 10.97.0.0/16 and fd97::/64; all traffic to them is captured. Two callers run there: {@link #SHOP}, and
 * {@link #OTHER}.
 */
final class CapturedNode implements AutoCloseable {
    /** Address of a pod in namespace shop with the label app=storefront: who asks unless a test says otherwise. */
    static final String SHOP = "10.99.0.1";

    /** Address of a pod in namespace other with the label app=probe. */
    static final String OTHER = "10.99.0.2";

    private static final String SHOP_V6 = "fd99::1";
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int REDIRECT_PORT = 15001;
    private static final int ADMIN_PORT = 15000;
    private static final int HTTP_PORT = 15080;
    private static final int GRPC_PORT = 15010;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final NetworkNamespace network;
    private final RegistryFiles registry;
    private final List<ProgramProcess> programs = new ArrayList<>();
    private final List<String> backendArguments = new ArrayList<>();
    private final List<String> agentArguments = new ArrayList<>();
    private final Map<String, String> agentEnvironment =
            new HashMap<>(Map.of("SIGNALBOX_JAVA_OPTS", "-Dio.netty.leakDetection.level=paranoid"));

    private String captureMode = "redirect";
    private int adminPort = ADMIN_PORT;
    private @Nullable NetworkNamespace backendNetwork;
    private @Nullable ProgramProcess agent;

    private CapturedNode(Path directory, NetworkNamespace network, RegistryFiles registry) {
        this.directory = directory;
        this.network = network;
        this.registry = registry;
    }

    /** A node on which nothing runs yet. */
    static CapturedNode create(Class<?> test) throws IOException, InterruptedException {
        Path directory = TestMesh.directory(test);
        Mesh.deleteTree(directory);
        Files.createDirectories(directory);
        NetworkNamespace network = NetworkNamespace.create("node");
        for (String address : List.of(SHOP + "/32", OTHER + "/32", SHOP_V6 + "/128")) {
            network.addAddress(address);
        }
        network.require("ip", "route", "add", "10.96.0.0/14", "dev", "lo", "src", SHOP);
        for (String range : List.of("fd96::/64", "fd97::/64", "fd98::/64")) {
            network.require("ip", "-6", "route", "add", range, "dev", "lo", "src", SHOP_V6);
        }
        RegistryFiles registry = new RegistryFiles(directory.resolve("registry"), directory.resolve("drafts"));
        CapturedNode node = new CapturedNode(directory, network, registry);
        node.write("callers.yaml", """
                apiVersion: v1
                kind: Pod
                metadata: {name: storefront, namespace: shop, labels: {app: storefront}}
                spec: {nodeName: %1$s}
                status: {phase: Running, podIP: %2$s, podIPs: [{ip: %2$s}, {ip: "%4$s"}]}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: probe, namespace: other, labels: {app: probe}}
                spec: {nodeName: %1$s}
                status: {phase: Running, podIP: %3$s}
                """.formatted(Mesh.NODE, SHOP, OTHER, SHOP_V6));
        return node;
    }

    /** Captures by another mode than redirect; before {@link #start}. */
    CapturedNode captureMode(String mode) {
        captureMode = mode;
        return this;
    }

    /** Runs the test servers elsewhere than on the node; before the first {@link #backend}. */
    CapturedNode backendsIn(NetworkNamespace elsewhere) {
        backendNetwork = elsewhere;
        return this;
    }

    /** The node's network. */
    NetworkNamespace network() {
        return network;
    }

    /** Adds a test server, such as {@code --http}, {@code catalog-1}, {@code 10.98.0.1:8080}; before {@link #start}. */
    CapturedNode backend(String option, String name, String at) throws IOException, InterruptedException {
        String address = at.substring(0, at.lastIndexOf(':'));
        String bare = address.replace("[", "").replace("]", "");
        String prefix = bare.contains(":") ? "/128" : "/32";
        NetworkNamespace place = backendNetwork();
        if (!place.run("ip", "address", "show", "to", bare).output().contains(bare)) {
            place.addAddress(bare + prefix);
        }
        backendArguments.addAll(List.of(option, name + "=" + bare + at.substring(at.lastIndexOf(':'))));
        return this;
    }

    private NetworkNamespace backendNetwork() {
        NetworkNamespace elsewhere = backendNetwork;
        return elsewhere == null ? network : elsewhere;
    }

    /** Adds to the agent's command line; before {@link #start}. */
    CapturedNode agentOption(String... arguments) {
        agentArguments.addAll(Arrays.asList(arguments));
        return this;
    }

    /** Starts everything; returns when the agent is ready. */
    void start() throws IOException {
        List<String> backendCommand = new ArrayList<>(List.of(Launchers.backend()));
        backendCommand.addAll(backendArguments);
        ProgramProcess backends = start(backendNetwork(), "backend", Map.of(), backendCommand);
        ProgramProcess service = start(
                network,
                "config-service",
                Map.of(),
                List.of(
                        Launchers.configService(),
                        "--registry",
                        registry.directory().toString(),
                        "--insecure-development",
                        "--http-port",
                        Integer.toString(HTTP_PORT),
                        "--grpc-port",
                        Integer.toString(GRPC_PORT)));
        backends.awaitReady(DEADLINE, () -> backends.log().contains("backend ready"));
        service.awaitReady(DEADLINE, () -> answers("http://127.0.0.1:" + HTTP_PORT + "/health/ready"));
        startAgent();
    }

    /** Starts an agent, after {@link #start} when the one before has ended; returns when it is ready. */
    ProgramProcess startAgent() throws IOException {
        ProgramProcess started = launchAgent();
        started.awaitReady(DEADLINE, () -> answers("http://127.0.0.1:" + adminPort + "/ready"));
        return started;
    }

    /** Starts an agent beside any that runs; returns at once. All write to one log. */
    ProgramProcess launchAgent() throws IOException {
        List<String> agentCommand = new ArrayList<>(List.of(
                Launchers.agent(),
                "--config-service",
                "127.0.0.1:" + GRPC_PORT,
                "--insecure-development",
                "--node",
                Mesh.NODE,
                "--capture",
                captureMode,
                "--redirect-port",
                Integer.toString(REDIRECT_PORT),
                // Each event loop takes its own turns among endpoints and weights.
                "--event-loops",
                "1",
                "--admin-port",
                Integer.toString(adminPort),
                "--data-dir",
                directory.resolve("agent-data-" + adminPort).toString()));
        agentCommand.addAll(agentArguments);
        ProgramProcess started = start(network, "agent", agentEnvironment, agentCommand);
        agent = started;
        return started;
    }

    /** Starts an agent beside the one that runs, as an upgrade does; returns when it is ready. */
    ProgramProcess startSuccessor() throws IOException {
        adminPort++;
        return startAgent();
    }

    /** The agent that was started last. */
    ProgramProcess agent() {
        return Objects.requireNonNull(agent, "not started");
    }

    /** Runs {@code agent capture} on the node, with the options of its agent. */
    Commands.Result capture(String action, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Launchers.agent(),
                "capture",
                action,
                "--capture",
                captureMode,
                "--redirect-port",
                Integer.toString(REDIRECT_PORT)));
        command.addAll(agentArguments);
        command.addAll(Arrays.asList(arguments));
        return network.run(command.toArray(String[]::new));
    }

    /** Puts a file into the registry; does not wait. */
    void write(String file, String yaml) {
        registry.replace(registry.directory().resolve(file), yaml);
    }

    /** Puts a file into the registry and waits until the agent serves by it. */
    void apply(String file, String yaml) throws IOException, InterruptedException {
        long before = rest("/v1/problems").path("revision").asLong();
        write(file, yaml);
        Poll.until(DEADLINE, () -> file + " is not in force", () -> {
            try {
                JsonNode agents = rest("/v1/agents").path("agents");
                return rest("/v1/problems").path("revision").asLong() > before
                        && agents.size() == 1
                        && agents.get(0).path("acked").asBoolean();
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        });
    }

    /** What the config service answers to a GET. */
    JsonNode rest(String path) throws IOException, InterruptedException {
        return JSON.readTree(
                network.require("curl", "-sSf", "--max-time", "10", "http://127.0.0.1:" + HTTP_PORT + path));
    }

    /** What the config service answers to a JSON document. */
    JsonNode post(String path, String document) throws IOException, InterruptedException {
        return JSON.readTree(network.require(
                "curl",
                "-sSf",
                "--max-time",
                "10",
                "-H",
                "content-type: application/json",
                "-d",
                document,
                "http://127.0.0.1:" + HTTP_PORT + path));
    }

    /** What the agent's admin endpoint answers to a GET. */
    String admin(String path) throws IOException, InterruptedException {
        return network.require("curl", "-sSf", "--max-time", "10", "http://127.0.0.1:" + adminPort + path);
    }

    /** Runs curl as {@link #SHOP}; the result has head and body. */
    Commands.Result curl(String... arguments) throws IOException, InterruptedException {
        return curlFrom(SHOP, arguments);
    }

    /** Runs curl as the caller with that address; the result has head and body. */
    Commands.Result curlFrom(String caller, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "-sSi", "--max-time", "20", "--interface", caller));
        command.addAll(Arrays.asList(arguments));
        return network.run(command.toArray(String[]::new));
    }

    /** What a server says first on a new connection of that caller; empty when the connection is closed instead. */
    String firstLine(String caller, String address, int port) throws IOException, InterruptedException {
        // curl ends when its input does; a second is long enough for a server to say its name.
        String output = network.run(
                        "bash",
                        "-c",
                        "sleep 1 | curl -sN --max-time 2 --interface %s telnet://%s:%d"
                                .formatted(caller, address, port))
                .output();
        return output.lines().findFirst().orElse("");
    }

    /** Starts a program on the node, which ends with it. */
    ProgramProcess launch(String name, String... command) throws IOException {
        return start(network, name, Map.of(), List.of(command));
    }

    /** Runs a command on the node. */
    Commands.Result run(String... command) throws IOException, InterruptedException {
        return network.run(command);
    }

    /** Where the node's files are. */
    Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        for (int i = programs.size() - 1; i >= 0; i--) {
            programs.get(i).close();
        }
        network.close();
    }

    private ProgramProcess start(
            NetworkNamespace place, String name, Map<String, String> environment, List<String> command)
            throws IOException {
        ProgramProcess program =
                place.start(name, directory.resolve(name + ".log"), environment, command.toArray(String[]::new));
        programs.add(program);
        return program;
    }

    private boolean answers(String url) {
        try {
            return network.run("curl", "-sf", "--max-time", "5", url).exitCode() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
