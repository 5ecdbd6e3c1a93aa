package io.signalbox.configservice.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.configservice.ConfigService;
import io.signalbox.configservice.ServiceConfig;
import io.signalbox.configservice.SourceOptions;
import io.signalbox.configservice.StreamSecurity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;

/** The whole program on free ports, over a registry in a directory, and a client of its API. */
public final class TestService implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path registry;
    private final ConfigService service;
    private final HttpClient http = HttpClient.newHttpClient();

    /** Starts on what the directory holds. */
    public TestService(Path registry) {
        this.registry = registry;
        service = ConfigService.build(new ServiceConfig(
                new SourceOptions.Files(registry),
                0,
                InetAddress.getLoopbackAddress(),
                0,
                Optional.empty(),
                InetAddress.getLoopbackAddress(),
                StreamSecurity.insecure(),
                "replica-0",
                "cluster.local",
                "plain",
                "info",
                Duration.ofSeconds(30)));
        service.start();
    }

    /** Writes beside and renames, as tools that mean it do. */
    public static void write(Path registry, String file, String... documents) throws IOException {
        Path temporary = registry.resolve("." + file + ".tmp");
        Files.writeString(temporary, String.join("---\n", documents));
        Files.move(temporary, registry.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Declares something else in a file of the registry. */
    public void write(String file, String... documents) throws IOException {
        write(registry, file, documents);
    }

    /** An agent's stream that has said Hello and is known to the service. */
    public AgentStream agent(String node) {
        AgentStream stream = new AgentStream(service.grpcPort()).hello(node, new FakeAgent());
        Awaitility.await()
                .until(() -> get("/v1/agents")
                        .path("agents")
                        .findValuesAsText("node")
                        .contains(node));
        return stream;
    }

    /** Where the API listens. */
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + service.httpPort() + path);
    }

    /** The answer to a request without a body. */
    public HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    /** The answer to any request. */
    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The answer to a POST of JSON. */
    public HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /** The JSON that a GET is answered with, which must be 200. */
    public JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = send("GET", path);
        if (response.statusCode() != 200) {
            throw new AssertionError(path + " is answered " + response.statusCode() + ": " + response.body());
        }
        return json(response);
    }

    /** The JSON of an answer. */
    public static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    /** A body with manifests. */
    public static String manifests(boolean overlay, String... yaml) {
        return body().put("manifests", String.join("---\n", yaml))
                .put("overlay", overlay)
                .toString();
    }

    /** An empty object to be filled. */
    public static ObjectNode body() {
        return JSON.createObjectNode();
    }

    /** JSON text as an object. */
    public static ObjectNode object(String json) throws IOException {
        return (ObjectNode) JSON.readTree(json);
    }

    @Override
    public void close() {
        service.close();
        http.close();
    }
}
