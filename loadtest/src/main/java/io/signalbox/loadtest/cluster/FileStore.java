package io.signalbox.loadtest.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/** A directory for the config service's {@code --registry}: a file for each object, replaced in one step. */
final class FileStore implements ObjectStore {
    private final Path registry;
    private final Path drafts;

    /** Keeps its files below {@code directory}. */
    FileStore(Path directory) throws IOException {
        this.registry = Files.createDirectories(directory.resolve("registry"));
        this.drafts = Files.createDirectories(directory.resolve("drafts"));
    }

    @Override
    public List<String> sourceOptions() {
        return List.of("--registry", registry.toString());
    }

    @Override
    public List<String> authenticationOptions() {
        return List.of("--agent-authentication", "none");
    }

    @Override
    public List<String> identityOptions(String node) {
        return List.of();
    }

    @Override
    public List<String> kubectlOptions() {
        // Only who chose this source can ask for it: there is nothing that kubectl could speak to.
        throw new IllegalStateException("kubectl: the source is files (expected: a cluster with an API server)");
    }

    @Override
    public String look() {
        return "ls " + registry;
    }

    @Override
    public ObjectNode put(ObjectNode object) throws IOException {
        // JSON is YAML too.
        Path draft = Files.writeString(drafts.resolve(fileName(object)), object.toPrettyString());
        Files.move(draft, registry.resolve(fileName(object)), StandardCopyOption.ATOMIC_MOVE);
        return object;
    }

    @Override
    public void delete(ObjectNode object) throws IOException {
        Files.deleteIfExists(registry.resolve(fileName(object)));
    }

    @Override
    public void close() {
        // The files stay for whoever wants to see them.
    }

    private static String fileName(ObjectNode object) {
        JsonNode metadata = object.path("metadata");
        return object.path("kind").asText().toLowerCase(Locale.ROOT)
                + "-" + metadata.path("namespace").asText("")
                + "-" + metadata.path("name").asText() + ".yaml";
    }
}
