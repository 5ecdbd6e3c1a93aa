package io.signalbox.loadtest.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.loadtest.apiserver.ServedKind;
import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** An API server in the control plane's network. */
final class ApiStore implements ObjectStore {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration READY_DEADLINE = Duration.ofSeconds(60);
    private static final String AGENT_ACCOUNT = Cluster.SYSTEM_NAMESPACE + "/signalbox-agent";
    private static final String AUDIENCE = "signalbox-config";
    private static final int PORT = 8001;
    private static final int CONFLICT = 409;
    private static final int FIRST_FAILURE = 300;

    private final NetworkNamespace network;
    private final ProgramProcess server;
    private final Path kubeconfig;
    private final SocketChannel connection;
    private final BufferedReader answers;
    private final Writer requests;

    private ApiStore(NetworkNamespace network, ProgramProcess server, Path kubeconfig, SocketChannel connection) {
        this.network = network;
        this.server = server;
        this.kubeconfig = kubeconfig;
        this.connection = connection;
        this.answers = new BufferedReader(Channels.newReader(connection, StandardCharsets.UTF_8));
        this.requests = Channels.newWriter(connection, StandardCharsets.UTF_8);
    }

    /** Starts it; returns when it serves. */
    static ApiStore start(Fabric.Site control, Path directory) throws IOException {
        // A socket's path must be short.
        Path socket = Files.createTempDirectory("signalbox-cluster").resolve("api");
        ProgramProcess server = control.namespace()
                .start(
                        "api-server",
                        directory.resolve("api-server.log"),
                        null,
                        Map.of(),
                        Launchers.apiServer(),
                        "--bind-address",
                        control.address(),
                        "--port",
                        Integer.toString(PORT),
                        "--control-socket",
                        socket.toString());
        server.awaitReady(READY_DEADLINE, () -> server.log().contains("API server ready"));
        SocketChannel connection = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        Files.delete(socket);
        Files.delete(socket.getParent());
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: cluster, cluster: {server: "http://%s:%d"}}]
                users: [{name: user, user: {}}]
                contexts: [{name: context, context: {cluster: cluster, user: user}}]
                current-context: context
                """.formatted(control.address(), PORT));
        return new ApiStore(control.namespace(), server, kubeconfig, connection);
    }

    @Override
    public List<String> sourceOptions() {
        return List.of(
                "--source",
                "kubernetes",
                "--kubeconfig",
                kubeconfig.toString(),
                "--lease-namespace",
                Cluster.SYSTEM_NAMESPACE);
    }

    @Override
    public List<String> authenticationOptions() {
        return List.of("--agent-authentication", "token-review", "--agent-service-account", AGENT_ACCOUNT);
    }

    @Override
    public List<String> identityOptions(String node) throws IOException {
        return List.of("--config-service-token", tokenFor(AGENT_ACCOUNT, node).toString());
    }

    /** A file with a new token of that service account, NAMESPACE/NAME, bound to the node. */
    Path tokenFor(String serviceAccount, String node) throws IOException {
        String token = UUID.randomUUID().toString();
        ObjectNode body = JSON.createObjectNode();
        body.putArray("audiences").add(AUDIENCE);
        body.putObject("user")
                .put("username", "system:serviceaccount:" + serviceAccount.replace('/', ':'))
                .putObject("extra")
                .putArray("authentication.kubernetes.io/node-name")
                .add(node);
        send("TOKEN", token, body);
        return Files.writeString(kubeconfig.resolveSibling("token-" + token), token);
    }

    @Override
    public List<String> kubectlOptions() {
        return List.of("--kubeconfig", kubeconfig.toString());
    }

    @Override
    public String look() {
        return "ip netns exec " + network.name() + " kubectl " + String.join(" ", kubectlOptions()) + " get pods -A";
    }

    @Override
    public ObjectNode put(ObjectNode object) throws IOException {
        String collection = collection(object);
        JsonNode created = send("POST", collection, object);
        if (created.path("status").asInt() == CONFLICT) {
            created = send("PUT", collection + "/" + name(object), object);
        }
        if (created.path("status").asInt() >= FIRST_FAILURE) {
            throw new IOException(collection + ": " + created);
        }
        return (ObjectNode) created.path("body");
    }

    @Override
    public void delete(ObjectNode object) throws IOException {
        send("DELETE", collection(object) + "/" + name(object), JSON.createObjectNode());
    }

    @Override
    public void close() throws IOException {
        connection.close();
        server.close();
    }

    private synchronized JsonNode send(String method, String path, ObjectNode body) throws IOException {
        ObjectNode request = JSON.createObjectNode().put("method", method).put("path", path);
        request.set("body", body);
        requests.write(request + "\n");
        requests.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("API server: gone\n" + server.logTail());
        }
        return JSON.readTree(answer);
    }

    private static String collection(ObjectNode object) {
        String apiVersion = object.path("apiVersion").asText();
        String kind = object.path("kind").asText();
        return ServedKind.of(apiVersion, kind)
                .orElseThrow(() -> new IllegalArgumentException(apiVersion + " " + kind + ": not served"))
                .collection(object.path("metadata").path("namespace").asText());
    }

    private static String name(ObjectNode object) {
        return object.path("metadata").path("name").asText();
    }
}
