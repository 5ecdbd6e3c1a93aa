package io.signalbox.configservice.source.kubernetes;

import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.source.SourceChange;
import io.signalbox.configservice.source.SourceStatus;
import io.signalbox.configservice.source.SourceUnit;
import io.signalbox.configservice.testkit.TestCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Following an API server: fabric8's mock in CRUD mode, with answers of our own where it has none. */
class KubernetesSourceTest {
    private static final Pace QUICK = new Pace(
            500,
            Duration.ofSeconds(10),
            Duration.ofMillis(20),
            Duration.ofMillis(100),
            Duration.ofMillis(50),
            Duration.ofMinutes(5));
    private static final String CATALOG = "services/shop/catalog";
    private static final String CATALOG_PATH = "/api/v1/namespaces/shop/services/catalog";

    private final TestCluster cluster = new TestCluster();
    private final List<KubernetesSource> sources = new ArrayList<>();
    private final Map<String, SourceUnit> units = new TreeMap<>();
    private List<Problem> problems = List.of();

    @AfterEach
    void stop() {
        sources.forEach(KubernetesSource::close);
        cluster.close();
    }

    private KubernetesSource source(String... namespaces) {
        KubernetesSource source =
                new KubernetesSource(cluster.client(), Arrays.asList(namespaces), QUICK, System::nanoTime);
        sources.add(source);
        source.start(() -> {});
        return source;
    }

    private SourceChange read(KubernetesSource source) {
        try {
            SourceChange change = source.read();
            change.removed().forEach(units::remove);
            change.changed().forEach(unit -> units.put(unit.name(), unit));
            problems = change.problems();
            return change;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitUnits(KubernetesSource source, String... names) {
        Awaitility.await().untilAsserted(() -> {
            read(source);
            assertThat(units.keySet()).containsExactly(names);
        });
    }

    private static SourceStatus.Part part(KubernetesSource source, String name) {
        return source.status().parts().stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String catalog(String ip) {
        return service("shop", "catalog", ip, "http", 80);
    }

    @Test
    void tellsOfEveryObjectOnceAndThenOfChangesAlone() throws Exception {
        cluster.apply(catalog("10.0.0.1"), slice("shop", "catalog", "http", 8080, "10.1.0.1"));
        KubernetesSource source = source();

        assertThat(read(source).changed())
                .extracting(SourceUnit::name)
                .containsExactlyInAnyOrder(CATALOG, "endpointslices.discovery.k8s.io/shop/catalog-a1");
        assertThat(problems).isEmpty();
        assertThat(source.status().synced()).isTrue();
        assertThat(source.status().behind()).isFalse();

        cluster.apply(catalog("10.0.0.2"));
        Awaitility.await()
                .untilAsserted(() -> assertThat(read(source).changed())
                        .extracting(SourceUnit::name)
                        .containsExactly(CATALOG));
        cluster.delete(CATALOG_PATH);
        Awaitility.await()
                .untilAsserted(() -> assertThat(read(source).removed()).containsExactly(CATALOG));
    }

    @Test
    void whatNobodyReadsIsNoChange() throws Exception {
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: it, namespace: shop, annotations: {note: '%s'}}
                status: {podIP: 10.1.0.1, phase: Running, message: '%s'}
                """;
        cluster.apply(pod.formatted("a", "started"));
        KubernetesSource source = source();
        awaitUnits(source, "pods/shop/it");
        SourceUnit before = units.get("pods/shop/it");

        cluster.apply(pod.formatted("b", "well"), catalog("10.0.0.1"));
        awaitUnits(source, "pods/shop/it", CATALOG);
        assertThat(units.get("pods/shop/it")).isSameAs(before);
    }

    @Test
    void aKindThatIsDefinedLaterIsPickedUpInTheVersionThatIsServed() throws Exception {
        KubernetesSource source = source();
        read(source);
        assertThat(part(source, "virtualservices.networking.istio.io").state()).isEqualTo(SourceStatus.State.ABSENT);
        assertThat(problems).isEmpty();

        cluster.defineVersion("VirtualService", "v1beta1");
        cluster.apply("""
                apiVersion: networking.istio.io/v1beta1
                kind: VirtualService
                metadata: {name: catalog, namespace: shop}
                spec: {hosts: [catalog], http: [{route: [{destination: {host: catalog}}]}]}
                """);
        awaitUnits(source, "virtualservices.networking.istio.io/shop/catalog");
        assertThat(part(source, "virtualservices.networking.istio.io").state()).isEqualTo(SourceStatus.State.SYNCED);
    }

    @Test
    void aKindThatMayNotBeReadIsAProblemAndTheOthersGoOn() throws Exception {
        cluster.define("HTTPRoute");
        cluster.forbid("httproutes");
        cluster.apply(catalog("10.0.0.1"));
        KubernetesSource source = source();

        awaitUnits(source, CATALOG);
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.severity()).isEqualTo(Problem.Severity.ERROR);
            assertThat(problem.message())
                    .contains(
                            "httproutes.gateway.networking.k8s.io may not be read",
                            "allow the service account to list and watch httproutes.gateway.networking.k8s.io");
        });
        assertThat(source.status().behind()).isTrue();

        cluster.clearScripts();
        Awaitility.await().untilAsserted(() -> {
            read(source);
            assertThat(problems).isEmpty();
            assertThat(source.status().behind()).isFalse();
        });
    }

    @Test
    void withoutServicesNothingIsReady() throws Exception {
        cluster.forbid("services");
        KubernetesSource source = source();
        Awaitility.await()
                .untilAsserted(() -> assertThat(part(source, "services").problem())
                        .contains("services may not be read", "list and watch services"));
        Awaitility.await()
                .untilAsserted(() -> assertThat(part(source, "nodes").state()).isEqualTo(SourceStatus.State.SYNCED));
        assertThat(source.status().synced()).isFalse();
    }

    @Test
    void onlyTheNamespacesThatAreNamedAreLookedAt() throws Exception {
        for (String name : List.of("shop", "cart", "other")) {
            cluster.apply(
                    "{apiVersion: v1, kind: Namespace, metadata: {name: %s}}".formatted(name),
                    service(name, "it", "10.0.0.1", "http", 80));
        }
        cluster.apply("{apiVersion: v1, kind: Node, metadata: {name: node-1}}");

        awaitUnits(
                source("cart", "shop"),
                "namespaces/cart",
                "namespaces/shop",
                "nodes/node-1",
                "services/cart/it",
                "services/shop/it");
    }

    @Test
    void whatWasKnownStaysWhileTheApiServerIsAwayAndIsBroughtUpToDateAfterwards() throws Exception {
        cluster.apply(catalog("10.0.0.1"), service("shop", "cart", "10.0.0.2", "http", 80));
        KubernetesSource source = source();
        awaitUnits(source, "services/shop/cart", CATALOG);

        cluster.stop();
        Awaitility.await().untilAsserted(() -> {
            assertThat(read(source).isEmpty()).isTrue();
            assertThat(source.status().behind()).isTrue();
            assertThat(problems)
                    .isNotEmpty()
                    .allSatisfy(problem -> assertThat(problem.message())
                            .contains("cannot be followed", "what was known of them stays in force"));
        });
        assertThat(source.status().synced()).isTrue();

        cluster.restart();
        cluster.delete(CATALOG_PATH);
        cluster.apply(service("shop", "tax", "10.0.0.3", "http", 80));
        awaitUnits(source, "services/shop/cart", "services/shop/tax");
        Awaitility.await().untilAsserted(() -> {
            read(source);
            assertThat(source.status().behind()).isFalse();
            assertThat(problems).isEmpty();
        });
    }

    @Test
    void listsArePutTogetherFromTheirPages() throws Exception {
        cluster.script(request -> {
            String path = request.getPath();
            if (!path.startsWith("/api/v1/services?limit=")) {
                return null;
            }
            return path.contains("continue=page-2")
                    ? list("", "{\"metadata\":{\"name\":\"b\",\"namespace\":\"shop\"}}")
                    : list("page-2", "{\"metadata\":{\"name\":\"a\",\"namespace\":\"shop\"}}");
        });
        awaitUnits(source(), "services/shop/a", "services/shop/b");
    }

    private static MockResponse list(String next, String item) {
        return new MockResponse()
                .setResponseCode(200)
                .setBody("{\"kind\":\"ServiceList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"7\","
                        + "\"continue\":\"" + next + "\"},\"items\":[" + item + "]}");
    }

    @Test
    void aStateThatTheServerForgotIsListedAnew() throws Exception {
        AtomicInteger watches = new AtomicInteger();
        cluster.apply(catalog("10.0.0.1"));
        cluster.script(request -> request.getPath().startsWith("/api/v1/services?watch=true")
                        && watches.incrementAndGet() == 1
                ? saying("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"message\":\"too old\"}}")
                : null);
        KubernetesSource source = source();
        Awaitility.await()
                .untilAsserted(() -> assertThat(cluster.requests())
                        .filteredOn(request -> request.startsWith("GET /api/v1/services?limit="))
                        .hasSize(2));
        awaitUnits(source, CATALOG);
        assertThat(problems).isEmpty();
    }

    @Test
    void aWatchGoesOnFromTheLastBookmark() {
        AtomicInteger watches = new AtomicInteger();
        cluster.script(
                request -> request.getPath().startsWith("/api/v1/services?watch=true") && watches.incrementAndGet() == 1
                        ? saying("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"4711\"}}}")
                        : null);
        source();
        Awaitility.await()
                .untilAsserted(() -> assertThat(cluster.requests())
                        .anyMatch(request -> request.startsWith("GET /api/v1/services?watch=true")
                                && request.contains("allowWatchBookmarks=true")
                                && request.contains("resourceVersion=4711")));
    }

    /** A watch that says one thing and ends. */
    private static MockResponse saying(String text) {
        return new MockResponse().withWebSocketUpgrade(new WebSocketListener() {
            @Override
            public void onOpen(WebSocket socket, Response response) {
                socket.send(text);
                socket.close(1000, "done");
            }
        });
    }
}
