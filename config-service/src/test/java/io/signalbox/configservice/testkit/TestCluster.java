package io.signalbox.configservice.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.signalbox.configservice.source.manifest.ManifestReader;
import io.signalbox.configservice.source.manifest.ResourceKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** An API server in memory: fabric8's mock in CRUD mode, and before it what a test scripts. */
public final class TestCluster implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final YAMLMapper YAML = new YAMLMapper();

    /** Kept, so that the level is: every request would be a line of the log. */
    private static final Logger MOCK_LOG = Logger.getLogger(MockWebServer.class.getName());

    static {
        MOCK_LOG.setLevel(Level.WARNING);
    }

    private final KubernetesCrudDispatcher crud = new KubernetesCrudDispatcher();
    private final List<Function<RecordedRequest, @Nullable MockResponse>> scripts = new CopyOnWriteArrayList<>();
    private final Map<String, String> definedVersions = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<KubernetesClient> clients = new CopyOnWriteArrayList<>();
    private KubernetesMockServer server = listening(0);
    private final int port = server.getPort();

    private final class Scripted extends Dispatcher {
        @Override
        public MockResponse dispatch(RecordedRequest request) {
            requests.add(request.getMethod() + " " + request.getPath());
            for (Function<RecordedRequest, @Nullable MockResponse> script : scripts) {
                MockResponse response = script.apply(request);
                if (response != null) {
                    return response;
                }
            }
            return crud.dispatch(request);
        }
    }

    private KubernetesMockServer listening(int on) {
        MockWebServer web = new MockWebServer();
        KubernetesMockServer next =
                new KubernetesMockServer(new Context(), web, new HashMap<>(), new Scripted(), false);
        next.start(InetAddress.getLoopbackAddress(), on);
        return next;
    }

    /** A client of its own; closed with the cluster. */
    public KubernetesClient client() {
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl("http://127.0.0.1:" + port)
                        .withNamespace("signalbox")
                        .withRequestRetryBackoffLimit(0)
                        .withHttp2Disable(true)
                        .build())
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
        clients.add(client);
        return client;
    }

    /** A file for those who make a client themselves. */
    public Path kubeconfig(Path directory) throws IOException {
        return Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: test
                clusters:
                - {name: test, cluster: {server: "http://127.0.0.1:%d"}}
                contexts:
                - {name: test, context: {cluster: test, user: test, namespace: signalbox}}
                users:
                - {name: test, user: {}}
                """.formatted(port));
    }

    /** The API server is away: connections break, new ones are refused. */
    public void stop() {
        server.shutdown();
    }

    /** It is back, with what it held. */
    public void restart() {
        server = listening(port);
    }

    /** Answers requests otherwise; null leaves them to others. The newest script is asked first. */
    public void script(Function<RecordedRequest, @Nullable MockResponse> script) {
        scripts.addFirst(script);
    }

    /** Takes back all scripts. */
    public void clearScripts() {
        scripts.clear();
    }

    /** Refuses a resource as the API server does when no role allows it. */
    public void forbid(String plural) {
        script(request -> path(request).endsWith("/" + plural)
                ? status(403, plural + " is forbidden: User \"signalbox\" cannot list resource \"" + plural + "\"")
                : null);
    }

    /** A failure as the API server tells it. */
    public static MockResponse status(int code, String message) {
        return new MockResponse()
                .setResponseCode(code)
                .setBody("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":" + code + ",\"message\":"
                        + JSON.valueToTree(message) + "}");
    }

    /** Path of a request without its query. */
    public static String path(RecordedRequest request) {
        return URI.create(request.getPath()).getPath();
    }

    /** Method, path and query of every request so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Defines kinds of Istio or the Gateway API, in the version that is preferred. */
    public void define(String... kinds) {
        for (String kind : kinds) {
            defineVersion(kind, kind(kind).versions().getFirst());
        }
    }

    /** Defines every kind. */
    public void defineAll() {
        ManifestReader.kinds().stream().filter(kind -> !kind.builtIn()).forEach(kind -> define(kind.kind()));
    }

    /** Defines a kind in one version. */
    public void defineVersion(String kind, String version) {
        ResourceKind resource = kind(kind);
        definedVersions.put(kind, resource.apiVersion(version));
        crud.expectCustomResource(new CustomResourceDefinitionContext.Builder()
                .withGroup(resource.group())
                .withVersion(version)
                .withKind(kind)
                .withPlural(resource.plural())
                .withScope("Namespaced")
                .withStatusSubresource(true)
                .build());
    }

    private static ResourceKind kind(String kind) {
        return ManifestReader.kinds().stream()
                .filter(known -> known.kind().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    /** Creates or replaces objects. */
    public void apply(String... yaml) throws IOException {
        for (String text : yaml) {
            for (JsonNode object :
                    YAML.readerFor(JsonNode.class).<JsonNode>readValues(text).readAll()) {
                apply((ObjectNode) object);
            }
        }
    }

    private void apply(ObjectNode object) {
        ResourceKind kind = kind(object.path("kind").asText());
        // An API server converts between versions.
        String defined = definedVersions.get(kind.kind());
        if (defined != null) {
            object.put("apiVersion", defined);
        }
        ObjectNode metadata = (ObjectNode) object.path("metadata");
        String collection = collection(kind, object.path("apiVersion").asText(), metadata);
        if (send("POST", collection, object.toString()).statusCode() == 409) {
            HttpResponse<String> replaced =
                    send("PUT", collection + "/" + metadata.path("name").asText(), object.toString());
            if (replaced.statusCode() >= 300) {
                throw new AssertionError(replaced.body());
            }
        }
    }

    private static String collection(ResourceKind kind, String apiVersion, ObjectNode metadata) {
        String root = (kind.group().isEmpty() ? "/api/" : "/apis/") + apiVersion + "/";
        if (!kind.namespaced()) {
            metadata.remove("namespace");
            return root + kind.plural();
        }
        String namespace = metadata.path("namespace").asText("default");
        metadata.put("namespace", namespace);
        return root + "namespaces/" + namespace + "/" + kind.plural();
    }

    /** Removes an object. */
    public void delete(String path) {
        HttpResponse<String> response = send("DELETE", path, "");
        if (response.statusCode() >= 300) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
    }

    /** The object at a path. */
    public JsonNode get(String path) throws IOException {
        return JSON.readTree(send("GET", path, "").body());
    }

    /** Sends a request of any kind. */
    public HttpResponse<String> send(String method, String path, String body) {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .version(HttpClient.Version.HTTP_1_1)
                            .header("content-type", "application/json")
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** All objects of all kinds, as the API server tells them. */
    public List<JsonNode> objects() throws IOException {
        List<JsonNode> objects = new ArrayList<>();
        for (ResourceKind kind : ManifestReader.kinds()) {
            for (String version : kind.versions()) {
                String root = kind.group().isEmpty() ? "/api/" : "/apis/";
                get(root + kind.apiVersion(version) + "/" + kind.plural())
                        .path("items")
                        .forEach(objects::add);
            }
        }
        return objects;
    }

    @Override
    public void close() {
        clients.forEach(KubernetesClient::close);
        try {
            server.shutdown();
        } catch (IllegalStateException e) {
            // As a watch ends, version 7.8.0 waits on its event loop for a thread that may be waiting for that loop
            // (WatchEventsListener.onClosed). It lets go after ten seconds; nobody asks this server anything any more.
            Logger.getLogger(TestCluster.class.getName()).info("closed late: " + e);
        }
        http.close();
    }
}
