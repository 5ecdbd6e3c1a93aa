package io.signalbox.configservice.pipeline;

import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.compile.Compiler;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.source.file.FileSource;
import io.signalbox.configservice.wire.EncodedPort;
import io.signalbox.configservice.wire.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files to what is published, on a real directory. */
class PipelineTest {
    private static final String CATALOG = service("shop", "catalog", "10.0.0.1", "http", 80);
    private static final String QUEUE = service("shop", "queue", "10.0.0.2", "tcp", 5672);

    @TempDir
    private Path registry;

    private final LinkedBlockingQueue<PipelineState> states = new LinkedBlockingQueue<>();
    private final SnapshotStore store = new SnapshotStore();
    private FileSource source;
    private Pipeline pipeline;

    @BeforeEach
    void build() {
        source = new FileSource(registry, Duration.ofSeconds(30), System::nanoTime);
        PipelineObserver observer = new PipelineObserver() {
            @Override
            public void onStage(Stage stage, Duration duration) {}

            @Override
            public void onState(PipelineState state) {
                states.add(state);
            }
        };
        pipeline = new Pipeline(source, new Compiler("cluster.local"), store, observer, System::nanoTime);
    }

    @AfterEach
    void close() {
        pipeline.close();
    }

    private void write(String file, String... documents) throws IOException {
        Path path = registry.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, String.join("---\n", documents));
    }

    private void run() {
        try {
            pipeline.run();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private List<Integer> portsAfterRun() {
        run();
        return new ArrayList<>(store.current().ports().keySet());
    }

    private List<String> problems() {
        return pipeline.state().problems().stream().map(Problem::toString).toList();
    }

    @Test
    void readsNestedFoldersBothSuffixesAndListsButNoHiddenOrOtherFiles() throws IOException {
        write("a/b/catalog.yml", CATALOG);
        write("list.yaml", """
                apiVersion: v1
                kind: List
                items:
                - {apiVersion: v1, kind: Service, metadata: {name: l, namespace: shop}, spec: {clusterIP: 10.0.0.3, ports: [{port: 81}]}}
                """);
        write(".hidden.yaml", QUEUE);
        write(".git/queue.yaml", QUEUE);
        write("queue.txt", QUEUE);

        assertThat(portsAfterRun()).containsExactly(80, 81);
        assertThat(problems()).isEmpty();
    }

    @Test
    void aRefusedObjectKeepsItsLastGoodFormAndTheOthersGoOn() throws IOException {
        write("shop.yaml", CATALOG, QUEUE);
        run();
        write("shop.yaml", CATALOG.replace("port: 80", "port: 800000"), QUEUE.replace("5672", "5673"));

        assertThat(portsAfterRun()).containsExactly(80, 5673);
        assertThat(problems())
                .containsExactly("shop.yaml#0 Service shop/catalog spec.ports[0].port: 800000 (expected: 1 to 65535)");

        write("shop.yaml", CATALOG.replace("port: 80", "port: 81"), QUEUE.replace("5672", "5673"));
        assertThat(portsAfterRun()).containsExactly(81, 5673);
        assertThat(problems()).isEmpty();
    }

    @Test
    void anObjectOfTheWrongShapeKeepsItsLastGoodForm() throws IOException {
        write("shop.yaml", CATALOG, QUEUE);
        run();
        write("shop.yaml", CATALOG.replace("port: 80", "port: eighty"), QUEUE);

        assertThat(portsAfterRun()).containsExactly(80, 5672);
        assertThat(problems())
                .containsExactly(
                        "shop.yaml#0 Service shop/catalog spec.ports[0].port: is \"eighty\" (expected: a whole number)");
    }

    @Test
    void aBrokenDocumentKeepsWhatItsFileDeclaredAndTheOtherDocumentsGoOn() throws IOException {
        write("shop.yaml", CATALOG, QUEUE);
        run();
        write("shop.yaml", "kind: {broken\n", QUEUE.replace("5672", "5673"));

        assertThat(portsAfterRun()).containsExactly(80, 5673);
        assertThat(problems()).singleElement().asString().startsWith("shop.yaml#0: is no YAML at line");

        write("shop.yaml", QUEUE);
        assertThat(portsAfterRun()).containsExactly(5672);
    }

    @Test
    void anUnnamedObjectMayBeOneOfThoseThatAreMissing() throws IOException {
        write("shop.yaml", CATALOG, QUEUE);
        run();
        write("shop.yaml", CATALOG.replace("name: catalog, ", ""), QUEUE);

        assertThat(portsAfterRun()).containsExactly(80, 5672);
        assertThat(problems()).containsExactly("shop.yaml#0 metadata.name: Service has no name");
    }

    @Test
    void aFileThatIsNoTextKeepsItsObjectsAndAFileThatIsGoneDoesNot() throws IOException {
        write("shop.yaml", CATALOG);
        run();
        Files.write(registry.resolve("shop.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThat(portsAfterRun()).containsExactly(80);
        assertThat(problems()).containsExactly("shop.yaml#0: is not UTF-8");

        Files.delete(registry.resolve("shop.yaml"));
        assertThat(portsAfterRun()).isEmpty();
        assertThat(problems()).isEmpty();
    }

    @Test
    void ofTwoDeclarationsTheFirstByPathCountsAndTheOtherIsReported() throws IOException {
        write("b.yaml", CATALOG.replace("port: 80", "port: 82"));
        write("a.yaml", CATALOG);

        assertThat(portsAfterRun()).containsExactly(80);
        assertThat(problems())
                .containsExactly(
                        "b.yaml#0 Service shop/catalog metadata.name: is declared at a.yaml#0 already; that one counts");
    }

    @Test
    void unknownKindsAreReportedAndHarmNothing() throws IOException {
        write("shop.yaml", CATALOG, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}}\n");

        assertThat(portsAfterRun()).containsExactly(80);
        assertThat(problems())
                .containsExactly("shop.yaml#1 Deployment default/x kind: Deployment of apps/v1 is not read");
    }

    @Test
    void aDirectoryThatVanishesKeepsItsObjects() throws IOException {
        write("shop.yaml", CATALOG);
        run();
        Files.delete(registry.resolve("shop.yaml"));
        Files.delete(registry);

        assertThat(portsAfterRun()).containsExactly(80);
        assertThat(problems()).singleElement().asString().contains("cannot be read, what it held stays in force");
    }

    @Test
    void aChangeToOnePortLeavesEveryOtherPortTheSameObject() throws IOException {
        write("catalog.yaml", CATALOG, slice("shop", "catalog", "http", 8080, "10.1.0.1"));
        write("queue.yaml", QUEUE);
        run();
        EncodedPort queue = store.current().ports().get(5672);
        write("catalog.yaml", CATALOG, slice("shop", "catalog", "http", 8080, "10.1.0.1", "10.1.0.2"));
        run();

        assertThat(store.current().ports().get(5672)).isSameAs(queue);
        assertThat(pipeline.state().compilation().changedPorts()).containsExactly(80);
    }

    @Test
    void followsNewFilesRenamesNewFoldersAndSymbolicLinks() throws Exception {
        write("catalog.yaml", CATALOG);
        source.start(pipeline::signal);
        pipeline.load();
        pipeline.start();
        assertThat(states.poll(5, TimeUnit.SECONDS)).isNotNull();

        write("queue.yaml", QUEUE);
        assertThat(nextPorts()).containsExactly(80, 5672);

        Path replacement = Files.writeString(registry.resolve(".new"), QUEUE.replace("5672", "5673"));
        Files.move(replacement, registry.resolve("queue.yaml"), StandardCopyOption.ATOMIC_MOVE);
        assertThat(nextPorts()).containsExactly(80, 5673);

        Path folder = Files.createDirectories(registry.resolve("deep/er"));
        Files.writeString(folder.resolve("x.yaml"), service("shop", "x", "10.0.0.5", "tcp", 7000));
        assertThat(nextPorts()).containsExactly(80, 5673, 7000);

        Files.createDirectories(registry.resolve("..v1"));
        Files.writeString(registry.resolve("..v1/m.yaml"), service("shop", "m", "10.0.0.6", "tcp", 7001));
        Files.createDirectories(registry.resolve("..v2"));
        Files.writeString(registry.resolve("..v2/m.yaml"), service("shop", "m", "10.0.0.6", "tcp", 7002));
        Files.createSymbolicLink(registry.resolve("..data"), Path.of("..v1"));
        Files.createSymbolicLink(registry.resolve("m.yaml"), Path.of("..data/m.yaml"));
        assertThat(nextPorts()).containsExactly(80, 5673, 7000, 7001);

        Files.createSymbolicLink(registry.resolve("..tmp"), Path.of("..v2"));
        Files.move(registry.resolve("..tmp"), registry.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        assertThat(nextPorts()).containsExactly(80, 5673, 7000, 7002);
    }

    private List<Integer> nextPorts() throws InterruptedException {
        PipelineState state = states.poll(5, TimeUnit.SECONDS);
        assertThat(state).as("a new state within 5 s").isNotNull();
        return state == null
                ? List.of()
                : new ArrayList<>(state.compilation().snapshot().ports().keySet());
    }
}
