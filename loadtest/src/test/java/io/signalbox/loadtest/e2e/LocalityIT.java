package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.FreePorts;
import io.signalbox.loadtest.harness.HttpConnection;
import io.signalbox.loadtest.harness.Mesh;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Endpoints in the caller's zone come first, then those in its region, then the rest. Every test has a service. */
class LocalityIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final List<String> ALL = List.of("near", "region", "far");

    private static final String NODES = """
            apiVersion: v1
            kind: Node
            metadata:
              name: %s
              labels: {topology.kubernetes.io/region: eu, topology.kubernetes.io/zone: eu-a}
            ---
            apiVersion: v1
            kind: Node
            metadata:
              name: near
              labels: {topology.kubernetes.io/region: eu, topology.kubernetes.io/zone: eu-a}
            ---
            apiVersion: v1
            kind: Node
            metadata:
              name: region
              labels: {topology.kubernetes.io/region: eu, topology.kubernetes.io/zone: eu-b}
            ---
            apiVersion: v1
            kind: Node
            metadata:
              name: far
              labels: {topology.kubernetes.io/region: us, topology.kubernetes.io/zone: us-a}
            """.formatted(Mesh.NODE);

    private static final String OUTLIERS =
            "outlierDetection: {consecutive5xxErrors: 1, baseEjectionTime: 60s, maxEjectionPercent: 100}";

    private static Mesh mesh;
    private static int port;
    private static int targetPort;
    private static Zoned leaving;
    private static Zoned failing;
    private static Zoned indifferent;
    private static Zoned switchedOff;
    private static Zoned distributed;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(LocalityIT.class);
        // Each event loop takes its own turns among endpoints.
        mesh.withAgentEnvironment(Map.of("SIGNALBOX_EVENT_LOOPS", "1"));
        port = FreePorts.next();
        targetPort = FreePorts.next();
        mesh.registry().replace(mesh.registry().directory().resolve("nodes.yaml"), NODES);
        leaving = Zoned.start(1, "leaving", OUTLIERS);
        failing = Zoned.start(2, "failing", OUTLIERS);
        indifferent = Zoned.start(3, "indifferent", "loadBalancer: {simple: ROUND_ROBIN}");
        switchedOff = Zoned.start(
                4,
                "switched-off",
                OUTLIERS + "\n    loadBalancer: {simple: ROUND_ROBIN, localityLbSetting: {enabled: false}}");
        distributed = Zoned.start(5, "distributed", OUTLIERS + """

                    loadBalancer:
                      simple: ROUND_ROBIN
                      localityLbSetting:
                        distribute: [{from: "eu/eu-a/*", to: {"eu/eu-a/*": 75, "eu/eu-b/*": 25}}]
                """.stripTrailing());
        mesh.start();
        await().atMost(DEADLINE)
                .until(() -> mesh.configService()
                        .rest()
                        .json("/v1/agents")
                        .at("/agents/0/acked")
                        .asBoolean());
    }

    @AfterAll
    static void stop() {
        mesh.close();
        for (Zoned service : List.of(leaving, failing, indifferent, switchedOff, distributed)) {
            service.backends.forEach(HttpBackend::close);
        }
    }

    @Test
    void theNearestThatAreThereGetEverything() {
        assertThat(leaving.answerers()).containsExactly("near");
        leaving.publish(List.of("region", "far"));
        leaving.awaitAnswerers(Set.of("region"));
        leaving.publish(List.of("far"));
        leaving.awaitAnswerers(Set.of("far"));
        leaving.publish(ALL);
        leaving.awaitAnswerers(Set.of("near"));
    }

    @Test
    void endpointsThatAreEjectedLeaveTheirPlaceToTheNextNearest() {
        assertThat(failing.answerers()).containsExactly("near");
        failing.backends.get(0).close();
        failing.awaitAnswerers(Set.of("region"));
        failing.backends.get(1).close();
        failing.awaitAnswerers(Set.of("far"));
    }

    @Test
    void withoutOutlierDetectionNobodyIsPreferred() {
        assertThat(indifferent.answerers()).containsExactlyInAnyOrderElementsOf(ALL);
    }

    @Test
    void aPreferenceThatIsSwitchedOffDoesNotCount() {
        assertThat(switchedOff.answerers()).containsExactlyInAnyOrderElementsOf(ALL);
    }

    @Test
    void aDistributionReplacesThePreference() {
        Map<String, Long> counts = new TreeMap<>();
        for (int i = 0; i < 400; i++) {
            counts.merge(distributed.answerer(), 1L, Long::sum);
        }
        assertThat(counts).containsOnlyKeys("near", "region");
        assertThat(counts.get("near")).isGreaterThan(counts.get("region"));
    }

    /**
     * A service with an endpoint in the caller's zone, one elsewhere in its region, and one in another region.
     *
     * @param policy traffic policy of its DestinationRule
     */
    private record Zoned(int number, String name, String policy, List<HttpBackend> backends) {
        static Zoned start(int number, String name, String policy) throws IOException {
            Zoned service = new Zoned(number, name, policy, new ArrayList<>());
            for (String place : ALL) {
                service.backends.add(HttpBackend.start(
                        place, new InetSocketAddress(InetAddress.ofLiteral(service.address(place)), targetPort)));
            }
            service.publish(ALL);
            return service;
        }

        String address(String place) {
            return "127.2." + (200 + number) + "." + (1 + ALL.indexOf(place));
        }

        void publish(List<String> places) {
            String endpoints = places.stream()
                    .map(place -> "- {addresses: [%s], nodeName: %s, conditions: {ready: true}}\n"
                            .formatted(address(place), place))
                    .collect(Collectors.joining());
            mesh.registry()
                    .replace(
                            mesh.registry().directory().resolve(name + ".yaml"),
                            """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: %1$s, namespace: shop}
                    spec: {clusterIP: 127.1.200.%2$d, ports: [{name: http, port: %3$d}]}
                    ---
                    apiVersion: networking.istio.io/v1
                    kind: DestinationRule
                    metadata: {name: %1$s, namespace: shop}
                    spec:
                      host: %1$s
                      trafficPolicy:
                        %4$s
                    ---
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata: {name: %1$s, namespace: shop, labels: {kubernetes.io/service-name: %1$s}}
                    addressType: IPv4
                    ports: [{name: http, port: %5$d}]
                    endpoints:
                    """.formatted(name, number, port, policy, targetPort) + endpoints);
        }

        /** Who answers; empty when the agent does. */
        String answerer() {
            try (HttpConnection connection =
                    HttpConnection.open(new InetSocketAddress(InetAddress.ofLiteral("127.1.200." + number), port))) {
                return connection.get(name, "/").endpoint();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Who answers 30 requests. */
        Set<String> answerers() {
            Set<String> answerers = new TreeSet<>();
            for (int i = 0; i < 30; i++) {
                answerers.add(answerer());
            }
            return answerers;
        }

        void awaitAnswerers(Set<String> expected) {
            await().atMost(DEADLINE).until(this::answerers, expected::equals);
        }
    }
}
