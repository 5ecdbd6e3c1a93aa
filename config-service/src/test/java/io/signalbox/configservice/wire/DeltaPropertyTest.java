package io.signalbox.configservice.wire;

import static io.signalbox.configservice.testkit.Declarations.objects;
import static io.signalbox.configservice.testkit.Declarations.registry;
import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.compile.Compilation;
import io.signalbox.configservice.compile.Compiler;
import io.signalbox.configservice.registry.Declared;
import io.signalbox.configservice.testkit.FakeAgent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Over generated registries: a delta gives what a full snapshot gives, and order means nothing. */
class DeltaPropertyTest {
    private static final int STEPS = 12;
    private static final List<String> PORT_NAMES = List.of("http", "tcp", "tls", "odd");
    private final Compiler compiler = new Compiler("cluster.local");

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    /** A registry over few names, ports and addresses, so that clashes are common. */
    private static List<Declared> generate(Random random) {
        List<String> yaml = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            if (random.nextInt(4) == 0) {
                continue;
            }
            String portName = PORT_NAMES.get(random.nextInt(PORT_NAMES.size()));
            String ip =
                    random.nextInt(5) == 0 ? "fd00::" + (1 + random.nextInt(6)) : "10.0.0." + (1 + random.nextInt(6));
            yaml.add(service("ns-" + i % 2, "svc-" + i, ip, portName, 80 + random.nextInt(3)));
            String[] addresses = new String[random.nextInt(5)];
            for (int j = 0; j < addresses.length; j++) {
                addresses[j] = "10.1." + i + "." + random.nextInt(8);
            }
            yaml.add(slice("ns-" + i % 2, "svc-" + i, portName, 8080, addresses));
        }
        return objects(yaml.toArray(String[]::new));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aDeltaAppliedToTheOldSnapshotIsTheNewOne(long seed) {
        Random random = new Random(seed);
        SnapshotStore store = new SnapshotStore();
        Compilation compilation = Compilation.EMPTY;
        for (int step = 0; step < STEPS; step++) {
            Published before = store.current();
            compilation = compiler.compile(compilation, registry(generate(random)));
            store.publish(compilation.snapshot());
            Published after = store.current();
            for (EncodedPort port : after.ports().values()) {
                FakeAgent agent = new FakeAgent();
                EncodedPort old = before.ports().get(port.port());
                if (old != null) {
                    agent.apply(old.full());
                    agent.apply(port.deltaFrom(old));
                }
                FakeAgent fresh = new FakeAgent();
                fresh.apply(port.full());
                assertThat(old == null ? fresh.versions() : agent.versions()).isEqualTo(fresh.versions());
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anIncrementalCompilationIsTheSameAsAWholeOne(long seed) {
        Random random = new Random(seed);
        Compilation incremental = Compilation.EMPTY;
        for (int step = 0; step < STEPS; step++) {
            List<Declared> objects = generate(random);
            incremental = compiler.compile(incremental, registry(objects));
            Compilation whole = compiler.compile(Compilation.EMPTY, registry(objects));
            assertThat(incremental.snapshot()).isEqualTo(whole.snapshot());
            assertThat(incremental.problems()).isEqualTo(whole.problems());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shuffledInputHasTheSameVersions(long seed) {
        Random random = new Random(seed);
        List<Declared> objects = new ArrayList<>(generate(random));
        Published ordered = publish(objects);
        Collections.shuffle(objects, random);
        Published shuffled = publish(objects);

        assertThat(shuffled.ports().values().stream().map(EncodedPort::version))
                .containsExactlyElementsOf(ordered.ports().values().stream()
                        .map(EncodedPort::version)
                        .toList());
    }

    private Published publish(List<Declared> objects) {
        SnapshotStore store = new SnapshotStore();
        store.publish(compiler.compile(Compilation.EMPTY, registry(objects)).snapshot());
        return store.current();
    }
}
