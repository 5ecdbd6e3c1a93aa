package io.signalbox.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All objects that one overlay, with any components, makes.
 *
 * @param name for people
 * @param objects in kustomize's order
 */
record Build(String name, List<Manifest> objects) {
    private static final Path ROOT = root();
    private static final Map<String, Build> BUILDS = new TreeMap<>();

    /** Every overlay by itself, and every component on top of {@code production}. */
    static synchronized List<Build> all() throws IOException, InterruptedException {
        if (BUILDS.isEmpty()) {
            for (Path overlay : folders("overlays")) {
                String name = overlay.getFileName().toString();
                BUILDS.put(name, run(name, overlay));
            }
            for (Path component : folders("components")) {
                String name = "production with " + component.getFileName();
                BUILDS.put(name, run(name, withComponent(component)));
            }
        }
        return List.copyOf(BUILDS.values());
    }

    static Build production() throws IOException, InterruptedException {
        return all().stream()
                .filter(build -> build.name().equals("production"))
                .findFirst()
                .orElseThrow();
    }

    /** Where the manifests are. */
    static Path directory() {
        return ROOT;
    }

    Stream<Manifest> ofKind(String kind) {
        return objects.stream().filter(object -> object.kind().equals(kind));
    }

    Manifest one(String kind, String name) {
        return ofKind(kind)
                .filter(object -> object.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** What has a pod template. */
    List<Manifest> workloads() {
        return objects.stream()
                .filter(object -> !object.at("/spec/template/spec/containers").isMissingNode())
                .toList();
    }

    @Override
    public String toString() {
        return name;
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("overlays")) ? here : here.resolve("k8s-manifests");
    }

    private static List<Path> folders(String parent) throws IOException {
        try (Stream<Path> folders = Files.list(ROOT.resolve(parent))) {
            return folders.filter(Files::isDirectory).sorted().toList();
        }
    }

    /** An overlay of its own, in the build's folder: kustomize refuses absolute paths. */
    private static Path withComponent(Path component) throws IOException {
        Path overlay = Files.createDirectories(ROOT.resolve("target").resolve("with-" + component.getFileName()));
        Files.writeString(overlay.resolve("kustomization.yaml"), """
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                resources: [../../overlays/production]
                components: [../../components/%s]
                """.formatted(component.getFileName()));
        return overlay;
    }

    private static Build run(String name, Path overlay) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("kustomize", ".txt");
        try {
            Process process = new ProcessBuilder("kubectl", "kustomize", overlay.toString())
                    .redirectError(errors.toFile())
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String complaints = Files.readString(errors);
            // Also deprecations, which do not fail it.
            if (process.waitFor() != 0 || !complaints.isBlank()) {
                throw new IOException("kubectl kustomize " + overlay + ": " + complaints
                        + "(expected: no complaint; kubectl must be 1.27 or newer)");
            }
            return new Build(name, parse(output));
        } finally {
            Files.delete(errors);
        }
    }

    private static List<Manifest> parse(String yaml) throws IOException {
        List<Manifest> objects = new ArrayList<>();
        YAMLMapper mapper = new YAMLMapper();
        try (var documents = mapper.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            while (documents.hasNext()) {
                objects.add(new Manifest(documents.next()));
            }
        }
        return List.copyOf(objects);
    }
}
