package io.signalbox.configservice.source.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.source.SourceChange;
import io.signalbox.configservice.source.SourceUnit;
import io.signalbox.configservice.testkit.Declarations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of files are found by their events alone: the next rescan is an hour away. */
class FileSourceTest {
    @TempDir
    private Path parent;

    private Path directory;
    private FileSource source;
    private final Map<String, SourceUnit> units = new TreeMap<>();

    @BeforeEach
    void start() throws IOException {
        directory = Files.createDirectories(parent.resolve("registry"));
        source = new FileSource(directory, Duration.ofHours(1), System::nanoTime);
        write("a.yaml", "a");
        write("b.yaml", "b");
        source.start(() -> {});
        assertThat(declared()).containsOnlyKeys("a.yaml", "b.yaml");
    }

    @AfterEach
    void stop() {
        source.close();
    }

    private void write(String file, String service) throws IOException {
        Path draft = parent.resolve("draft");
        Files.writeString(draft, Declarations.service("shop", service, "10.0.0.1", "http", 80));
        Files.move(draft, directory.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Names of the objects, by file. */
    private Map<String, List<String>> declared() {
        SourceChange change = source.read();
        change.removed().forEach(units::remove);
        change.changed().forEach(unit -> units.put(unit.name(), unit));
        return units.values().stream()
                .collect(Collectors.toMap(
                        SourceUnit::name,
                        unit -> unit.declarations().stream()
                                .map(declaration -> declaration.ref().name())
                                .toList()));
    }

    private void await(Map<String, List<String>> expected) {
        Awaitility.await().untilAsserted(() -> assertThat(declared()).isEqualTo(expected));
    }

    @Test
    void tellsOfTheFileThatChangedAndOfNoOther() throws IOException {
        SourceUnit before = units.get("a.yaml");
        write("b.yaml", "other");
        await(Map.of("a.yaml", List.of("a"), "b.yaml", List.of("other")));
        assertThat(units.get("a.yaml")).isSameAs(before);
        assertThat(source.read().isEmpty()).isTrue();
    }

    @Test
    void followsNewFilesRemovedFilesAndWholeFolders() throws IOException {
        write("c.yml", "c");
        Files.delete(directory.resolve("a.yaml"));
        await(Map.of("b.yaml", List.of("b"), "c.yml", List.of("c")));

        Files.createDirectories(directory.resolve("team"));
        write("team/d.yaml", "d");
        await(Map.of("b.yaml", List.of("b"), "c.yml", List.of("c"), "team/d.yaml", List.of("d")));
        write("team/d.yaml", "e");
        await(Map.of("b.yaml", List.of("b"), "c.yml", List.of("c"), "team/d.yaml", List.of("e")));

        Files.move(directory.resolve("team"), parent.resolve("team"));
        await(Map.of("b.yaml", List.of("b"), "c.yml", List.of("c")));
    }

    @Test
    void followsEveryNameOfALinkedFile() throws IOException {
        Files.createSymbolicLink(directory.resolve("link.yaml"), directory.resolve("a.yaml"));
        await(Map.of("a.yaml", List.of("a"), "b.yaml", List.of("b"), "link.yaml", List.of("a")));
        write("a.yaml", "other");
        await(Map.of("a.yaml", List.of("other"), "b.yaml", List.of("b"), "link.yaml", List.of("other")));
    }
}
