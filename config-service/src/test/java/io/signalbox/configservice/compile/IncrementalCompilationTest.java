package io.signalbox.configservice.compile;

import static io.signalbox.configservice.testkit.Declarations.objects;
import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.registry.Declared;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.Revision;
import io.signalbox.configservice.registry.Sidecar;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However a registry came about, it compiles to the same. */
class IncrementalCompilationTest {
    private static final int STEPS = 40;
    private static final int LONG_STEPS = 80;

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    /** Several forms of each object; at any time at most one of them is declared. */
    private static List<List<Declared>> choices() {
        List<List<Declared>> choices = new ArrayList<>();
        choices.add(objects(
                service("shop", "web", "10.0.0.1", "http", 80),
                service("shop", "web", "10.0.0.1", "web", 80),
                service("shop", "web", "None", "http", 80)));
        choices.add(
                objects(service("shop", "db", "None", "tcp", 5432), service("shop", "db", "10.0.0.2", "tls", 5432)));
        choices.add(objects(service("other", "web", "10.0.0.3", "http", 80)));
        for (String target : List.of("web", "db")) {
            String port = target.equals("web") ? "http" : "tcp";
            choices.add(objects(
                    slice("shop", target, port, 8080, "10.1.0.1", "10.1.0.2"),
                    slice("shop", target, port, 8080, "10.1.0.3"),
                    slice("shop", target, port, 8080, "10.1.0.4")
                            .replace(
                                    "['10.1.0.4']", "['10.1.0.4'], targetRef: {kind: Pod, name: p, namespace: shop}")));
        }
        choices.add(objects(pod("{app: web, version: v1}", "10.1.0.4"), pod("{app: rates}", "10.1.0.5")));
        choices.add(
                objects(
                        "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}",
                        "{apiVersion: v1, kind: Namespace, metadata: {name: shop, annotations: {signalbox.io/capture: disabled}}}"));
        choices.add(objects(entry("{workloadSelector: {labels: {app: rates}}, "), entry("{exportTo: ['.'], ")));
        choices.add(objects(rule("spec: {host: web, subsets: [{name: v1, labels: {version: v1}}]}"), rule("""
                spec: {host: web, trafficPolicy: {outlierDetection: {}}}""")));
        choices.add(objects(virtualService("subset: v1"), virtualService("subset: v2")));
        choices.add(objects("""
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: default, namespace: other}
                spec: {egress: [{hosts: [shop/*]}]}
                """));
        return choices;
    }

    private static String pod(String labels, String ip) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: p, namespace: shop, labels: %s}
                spec: {nodeName: node-1, containers: [{name: app, image: app}]}
                status: {phase: Running, podIP: %s}
                """.formatted(labels, ip);
    }

    private static String entry(String spec) {
        return """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: rates, namespace: shop}
                spec: %s hosts: [rates.example], location: MESH_INTERNAL, resolution: STATIC, ports: [{number: 80, name: http, protocol: HTTP}]}
                """.formatted(spec);
    }

    private static String rule(String spec) {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: web, namespace: shop}
                %s
                """.formatted(spec);
    }

    private static String virtualService(String destination) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: web, namespace: shop}
                spec: {hosts: [web], http: [{route: [{destination: {host: web, %s}}]}]}
                """.formatted(destination);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aChangedRegistryCompilesToWhatTheSameRegistryFromNothingDoes(long seed) {
        Random random = new Random(seed);
        Compiler compiler = new Compiler("cluster.local");
        List<List<Declared>> choices = choices();
        Map<Integer, Declared> declared = new HashMap<>();
        Registry registry = Registry.EMPTY;
        Compilation incremental = Compilation.EMPTY;
        for (int step = 0; step < STEPS; step++) {
            int index = random.nextInt(choices.size());
            List<Declared> forms = choices.get(index);
            Declared before = declared.remove(index);
            boolean gone = before != null && random.nextInt(3) == 0;
            Declared now = gone ? null : forms.get(random.nextInt(forms.size()));
            if (now != null) {
                declared.put(index, now);
            }
            registry = registry.with(
                    new Revision(step + 1),
                    now == null ? List.of() : List.of(now),
                    gone ? List.of(forms.getFirst().object().ref()) : List.of());
            incremental = compiler.compile(incremental, registry);
            Compilation whole =
                    compiler.compile(Compilation.EMPTY, new Registry(new Revision(step + 1), all(declared)));

            assertThat(incremental.snapshot()).isEqualTo(whole.snapshot());
            assertThat(incremental.problems()).isEqualTo(whole.problems());
        }
    }

    static LongStream longSeeds() {
        return LongStream.range(0, 15);
    }

    /** Few objects at first, so that most changes touch little; then more and more that has to do with each other. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("longSeeds")
    void manyChangesOfAllKindsCompileToWhatTheResultFromNothingDoes(long seed) {
        Random random = new Random(seed);
        RandomObjects objects = new RandomObjects(random);
        Compiler compiler = new Compiler("cluster.local");
        SortedMap<ObjectRef, Declared> declared = new TreeMap<>();
        Registry registry = Registry.EMPTY;
        Compilation incremental = Compilation.EMPTY;
        for (int step = 0; step < LONG_STEPS; step++) {
            Map<ObjectRef, Declared> changed = new TreeMap<>();
            Set<ObjectRef> removed = new TreeSet<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                Declared now = objects.next();
                changed.put(now.object().ref(), now);
            }
            for (ObjectRef ref : List.copyOf(declared.keySet())) {
                // Sidecars go soon: with one, changes of services compile everything.
                int oneIn = ref.kind().equals(Sidecar.KIND) ? 3 : 30;
                if (!changed.containsKey(ref) && random.nextInt(oneIn) == 0) {
                    removed.add(ref);
                }
            }
            declared.putAll(changed);
            declared.keySet().removeAll(removed);
            Revision revision = new Revision(step + 1);
            registry = registry.with(revision, changed.values(), removed);

            incremental = compiler.compile(incremental, registry);

            Compilation whole = compiler.compile(Compilation.EMPTY, new Registry(revision, declared.values()));
            assertThat(incremental.snapshot())
                    .as("step %s: %s, without %s", step, changed.keySet(), removed)
                    .isEqualTo(whole.snapshot());
            assertThat(incremental.problems()).isEqualTo(whole.problems());
        }
    }

    private static Collection<Declared> all(Map<Integer, Declared> declared) {
        return declared.values();
    }
}
