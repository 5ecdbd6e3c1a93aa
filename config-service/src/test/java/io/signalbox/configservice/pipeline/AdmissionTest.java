package io.signalbox.configservice.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.registry.Declared;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.Revision;
import io.signalbox.configservice.source.SourceChange;
import io.signalbox.configservice.source.SourceUnit;
import io.signalbox.configservice.source.manifest.ManifestReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
    private static final int OBJECTS = 12;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void manySmallChangesComeToTheSameAsReadingAllAtOnce(long seed) {
        Random random = new Random(seed);
        SortedMap<String, SourceUnit> units = new TreeMap<>();
        Admission following = new Admission(Admission.MAX_OBJECTS);
        Registry registry = Registry.EMPTY;
        for (int step = 0; step < 60; step++) {
            String name = "file-" + random.nextInt(5);
            SourceChange next;
            if (random.nextInt(4) == 0) {
                units.remove(name);
                next = new SourceChange(List.of(), List.of(name), List.of());
            } else {
                SourceUnit unit = unit(name, random);
                units.put(name, unit);
                next = changed(unit);
            }

            Admission.Result change = following.admit(next);
            registry = registry.with(registry.revision().next(), change.changed(), change.removed());

            Admission.Result whole = new Admission(Admission.MAX_OBJECTS)
                    .admit(new SourceChange(List.copyOf(units.values()), List.of(), List.of()));
            assertThat(registry.objects())
                    .as("step %d", step)
                    .isEqualTo(new Registry(new Revision(1), whole.changed()).objects());
            assertThat(change.problems()).as("step %d", step).isEqualTo(whole.problems());
        }
    }

    @Test
    void whatIsBeyondTheLimitIsNotInForceUntilThereIsRoom() {
        Admission admission = new Admission(2);
        SourceUnit three = unit("a", List.of("svc-1", "svc-2", "svc-3"));
        Admission.Result over = admission.admit(changed(three));
        assertThat(names(over.changed())).containsExactly("svc-1", "svc-2");
        assertThat(over.problems())
                .extracting(Problem::message)
                .anySatisfy(message -> assertThat(message).contains("3 objects (expected: at most 2)"));

        SourceUnit two = unit("a", List.of("svc-2", "svc-3"));
        Admission.Result within = admission.admit(changed(two));
        assertThat(within.removed()).extracting(ObjectRef::name).containsExactly("svc-1");
        assertThat(names(within.changed())).contains("svc-3");
        assertThat(within.problems()).isEmpty();
    }

    @Test
    void kindsWithoutAChangeAreSharedBetweenRegistries() {
        Admission.Result first = new Admission(10).admit(changed(unit("a", List.of("svc-1"))));
        Registry before = Registry.EMPTY.with(new Revision(1), first.changed(), List.of());

        Registry after = before.with(new Revision(2), List.of(), List.of());

        assertThat(after.services()).isEqualTo(before.services());
        assertThat(after.services().values().iterator().next())
                .isSameAs(before.services().values().iterator().next());
    }

    private static SourceChange changed(SourceUnit unit) {
        return new SourceChange(List.of(unit), List.of(), List.of());
    }

    private static List<String> names(List<Declared> declared) {
        return declared.stream().map(each -> each.object().ref().name()).toList();
    }

    private static SourceUnit unit(String name, Random random) {
        List<String> services = new ArrayList<>();
        for (int i = 0; i < random.nextInt(4); i++) {
            services.add("svc-" + random.nextInt(OBJECTS));
        }
        return unit(name, services.stream().distinct().toList());
    }

    private static SourceUnit unit(String name, List<String> services) {
        return new ManifestReader(100_000)
                .read(
                        name,
                        services.stream()
                                .map(service -> """
                                apiVersion: v1
                                kind: Service
                                metadata: {name: %s, namespace: shop}
                                spec:
                                  clusterIP: 10.0.0.%d
                                  ports: [{name: http, port: 80}]
                                """.formatted(service, Math.abs((name + service).hashCode() % 250)))
                                .collect(Collectors.joining("---\n")));
    }
}
