package io.signalbox.configservice.source.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.signalbox.configservice.compile.Compiler;
import io.signalbox.configservice.pipeline.Pipeline;
import io.signalbox.configservice.pipeline.PipelineObserver;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.pipeline.Stage;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.source.RegistrySource;
import io.signalbox.configservice.source.file.FileSource;
import io.signalbox.configservice.testkit.TestCluster;
import io.signalbox.configservice.wire.Published;
import io.signalbox.configservice.wire.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files and API server hold the same registries, those of the conformance suite: all that is published is the same. */
class SourcesAgreeTest {
    private static final Path REGISTRIES = Path.of("..", "loadtest", "src", "test", "resources", "conformance");
    private static final YAMLMapper YAML = new YAMLMapper();

    /** What a source leads to: versions by port and node, and findings without their places. */
    private record Outcome(Map<String, String> versions, List<String> problems) {}

    @TempDir
    private Path directory;

    static Stream<Path> registries() throws IOException {
        try (Stream<Path> files = Files.list(REGISTRIES)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("registries")
    void agree(Path registry) throws Exception {
        try (TestCluster cluster = new TestCluster();
                var client = cluster.client()) {
            cluster.defineAll();
            cluster.apply(YAML.readTree(registry.toFile()).path("manifests").asText());
            int number = 0;
            // As the API server has them, so that both know the same times of creation.
            for (JsonNode object : cluster.objects()) {
                Files.writeString(directory.resolve(number++ + ".yaml"), YAML.writeValueAsString(object));
            }
            assertThat(number).isPositive();

            Outcome fromFiles = outcome(new FileSource(directory, Duration.ofHours(1), System::nanoTime));
            Outcome fromServer = outcome(new KubernetesSource(client, List.of(), Pace.DEFAULT, System::nanoTime));

            assertThat(fromServer).isEqualTo(fromFiles);
            assertThat(fromServer.versions).isNotEmpty();
        }
    }

    private static Outcome outcome(RegistrySource source) throws Exception {
        SnapshotStore store = new SnapshotStore();
        PipelineObserver nobody = new PipelineObserver() {
            @Override
            public void onStage(Stage stage, Duration duration) {}

            @Override
            public void onState(PipelineState state) {}
        };
        try (Pipeline pipeline = new Pipeline(source, new Compiler("cluster.local"), store, nobody, System::nanoTime)) {
            source.start(pipeline::signal);
            pipeline.load();
            List<String> problems = new ArrayList<>();
            for (Problem problem : pipeline.state().problems()) {
                problems.add(
                        problem.severity() + " " + problem.object() + " " + problem.path() + " " + problem.message());
            }
            return new Outcome(
                    versions(store.current()), problems.stream().sorted().toList());
        }
    }

    private static Map<String, String> versions(Published published) {
        Map<String, String> versions = new TreeMap<>();
        published
                .ports()
                .forEach((port, encoded) ->
                        versions.put("port " + port, encoded.version().value()));
        published
                .nodes()
                .forEach((node, encoded) ->
                        versions.put("node " + node, encoded.version().value()));
        versions.put("other nodes", published.otherNodes().version().value());
        return versions;
    }
}
