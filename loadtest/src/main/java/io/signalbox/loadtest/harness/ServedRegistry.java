package io.signalbox.loadtest.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.signalbox.loadtest.apiserver.ApiServer;
import io.signalbox.loadtest.apiserver.ServedKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An API server in this process that holds what registry files say, as they change. */
final class ServedRegistry implements AutoCloseable {
    private static final ObjectMapper YAML = new YAMLMapper();
    private static final int CONFLICT = 409;
    private static final int FIRST_FAILURE = 300;

    private final ApiServer server = new ApiServer();
    private final Path kubeconfig;
    private final Map<Path, Set<String>> pathsByFile = new HashMap<>();

    private ServedRegistry(Path directory) throws IOException {
        int port = server.listen(InetAddress.getLoopbackAddress(), 0);
        this.kubeconfig = Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: mesh, cluster: {server: 'http://127.0.0.1:%d'}}]
                users: [{name: user, user: {}}]
                contexts: [{name: mesh, context: {cluster: mesh, user: user}}]
                current-context: mesh
                """.formatted(port));
    }

    /**
     * Begins to serve.
     *
     * @param directory for the kubeconfig
     */
    static ServedRegistry of(RegistryFiles files, Path directory) throws IOException {
        ServedRegistry served = new ServedRegistry(directory);
        files.follow(served::replace);
        return served;
    }

    /** What makes a config service follow it. */
    List<String> sourceOptions() {
        return List.of("--source", "kubernetes", "--kubeconfig", kubeconfig.toString());
    }

    private synchronized void replace(Path file, String content) {
        try {
            Set<String> paths = new LinkedHashSet<>();
            for (JsonNode object :
                    YAML.readerFor(JsonNode.class).<JsonNode>readValues(content).readAll()) {
                paths.add(put(object));
            }
            Set<String> before = pathsByFile.put(file, paths);
            if (before != null) {
                before.stream()
                        .filter(path -> !paths.contains(path))
                        .forEach(path -> server.answer("DELETE", path, "{}"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Creates or replaces the object; returns its path. */
    private String put(JsonNode object) {
        String apiVersion = object.path("apiVersion").asText();
        String kind = object.path("kind").asText();
        JsonNode metadata = object.path("metadata");
        String collection = ServedKind.of(apiVersion, kind)
                .orElseThrow(() -> new IllegalArgumentException(apiVersion + " " + kind + ": not served"))
                .collection(metadata.path("namespace").asText());
        String path = collection + "/" + metadata.path("name").asText();
        int status = server.answer("POST", collection, object.toString()).code();
        if (status == CONFLICT) {
            status = server.answer("PUT", path, object.toString()).code();
        }
        if (status >= FIRST_FAILURE) {
            throw new IllegalStateException(path + ": status " + status + " (expected: created or replaced)");
        }
        return path;
    }

    @Override
    public void close() {
        server.close();
    }
}
