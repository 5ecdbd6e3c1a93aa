package io.signalbox.loadtest.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Reads the files of cases. */
final class ConformanceSuite {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private ConformanceSuite() {}

    /**
     * A file of cases.
     *
     * @param name of the file
     * @param manifests the registry that its cases are asked of
     */
    record CaseFile(String name, String manifests, List<Case> cases) {}

    /**
     * A question with what its answer must say.
     *
     * @param name within its file
     * @param request as {@code POST /v1/explain} takes it
     * @param expect a subset of the answer
     */
    record Case(String name, JsonNode request, JsonNode expect) {}

    /** All files, by name. */
    static List<CaseFile> load() throws IOException {
        Path directory;
        try {
            directory = Path.of(Objects.requireNonNull(ConformanceSuite.class.getResource("/conformance"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<CaseFile> loaded = new ArrayList<>();
            for (Path file : files.filter(each -> each.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()) {
                loaded.add(load(file));
            }
            return loaded;
        }
    }

    private static CaseFile load(Path file) throws IOException {
        JsonNode root = YAML.readTree(Files.readString(file));
        List<Case> cases = new ArrayList<>();
        for (JsonNode each : root.path("cases")) {
            cases.add(new Case(each.path("name").asText(), each.path("request"), each.path("expect")));
        }
        if (cases.isEmpty()) {
            throw new IOException(file.getFileName() + ": cases: none (expected: at least one)");
        }
        return new CaseFile(
                file.getFileName().toString(), root.path("manifests").asText(), cases);
    }
}
