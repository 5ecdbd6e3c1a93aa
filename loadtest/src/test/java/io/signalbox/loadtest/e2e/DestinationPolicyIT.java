package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.HttpConnection;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What DestinationRules do, on real sockets: a service with a policy each. */
class DestinationPolicyIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private static Mesh mesh;
    private static MeshService<HttpBackend> sticky;
    private static MeshService<HttpBackend> cookies;
    private static MeshService<HttpBackend> narrow;
    private static MeshService<HttpBackend> ejecting;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(DestinationPolicyIT.class);
        sticky = mesh.add(ServiceSpec.of("sticky", PortProtocol.HTTP), HttpBackend::start, 3);
        cookies = mesh.add(ServiceSpec.of("cookies", PortProtocol.HTTP), HttpBackend::start, 3);
        narrow = mesh.add(ServiceSpec.of("narrow", PortProtocol.HTTP), HttpBackend::start, 1);
        ejecting = mesh.add(ServiceSpec.of("ejecting", PortProtocol.HTTP), HttpBackend::start, 2);
        mesh.registry().replace(mesh.registry().directory().resolve("policies.yaml"), """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: sticky, namespace: shop}
                spec: {host: sticky, trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-user}}}}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: cookies, namespace: shop}
                spec:
                  host: cookies
                  trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: session, ttl: 60s}, maglev: {}}}}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: narrow, namespace: shop}
                spec: {host: narrow, trafficPolicy: {connectionPool: {http: {http2MaxRequests: 1}}}}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: ejecting, namespace: shop}
                spec:
                  host: ejecting
                  trafficPolicy:
                    loadBalancer: {simple: ROUND_ROBIN}
                    outlierDetection: {consecutive5xxErrors: 3, baseEjectionTime: 60s, maxEjectionPercent: 50}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: ejecting, namespace: shop}
                spec:
                  hosts: [ejecting]
                  http: [{route: [{destination: {host: ejecting}}], retries: {attempts: 0}}]
                """);
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
    }

    @Test
    void oneKeyAlwaysLeadsToTheSameEndpointAndKeysAreSpread() throws IOException {
        Set<String> all = new HashSet<>();
        for (int key = 0; key < 40; key++) {
            Set<String> ofKey = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                ofKey.add(get(sticky, "/", Map.of("x-user", "user-" + key)).endpoint());
            }
            assertThat(ofKey).as("user-%d", key).hasSize(1);
            all.addAll(ofKey);
        }
        assertThat(all).hasSize(3);
    }

    @Test
    void aSessionCookieIsMadeOnceAndThenFollowed() throws IOException {
        HttpConnection.Response first = get(cookies, "/", Map.of());
        String cookie = first.headers().getOrDefault("set-cookie", "");
        assertThat(cookie).startsWith("session=").containsIgnoringCase("max-age=60");
        for (int i = 0; i < 5; i++) {
            HttpConnection.Response next =
                    get(cookies, "/", Map.of("cookie", cookie.substring(0, cookie.indexOf(';'))));
            assertThat(next.endpoint()).isEqualTo(first.endpoint());
            assertThat(next.headers()).doesNotContainKey("set-cookie");
        }
    }

    @Test
    void aRequestBeyondTheLimitIsAnswered503AtOnce() throws IOException {
        try (HttpConnection holding = HttpConnection.open(narrow.address())) {
            holding.sendGet("narrow", "/hold?gate=full", Map.of());
            await().atMost(DEADLINE).until(() -> narrow.backends().getFirst().requests() == 1);

            HttpConnection.Response refused = get(narrow, "/", Map.of());

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.headers()).containsEntry("x-envoy-overloaded", "true");
            narrow.backends().getFirst().gate("full").open();
            assertThat(holding.readResponse().status()).isEqualTo(200);
        }
        assertThat(get(narrow, "/", Map.of()).status()).isEqualTo(200);
    }

    @Test
    void anEndpointThatFailsAgainAndAgainGetsNothingForAWhile() throws IOException {
        ejecting.backends().getFirst().close();
        int failures = 0;
        for (int i = 0; i < 40; i++) {
            failures += get(ejecting, "/", Map.of()).status() == 200 ? 0 : 1;
        }
        assertThat(failures).isEqualTo(3);
        assertThat(get(ejecting, "/", Map.of()).endpoint())
                .isEqualTo(ejecting.backendNames().getLast());
    }

    private static HttpConnection.Response get(MeshService<?> service, String path, Map<String, String> headers)
            throws IOException {
        try (HttpConnection connection = HttpConnection.open(service.address())) {
            return connection.get(service.spec().name(), path, headers);
        }
    }
}
