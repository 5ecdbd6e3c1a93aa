package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.Commands;
import io.signalbox.loadtest.harness.HttpConnection;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the rules of a VirtualService do to HTTP requests, on real sockets. Every rule has a path of its own. */
class HttpRulesIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private static Mesh mesh;
    private static MeshService<HttpBackend> catalog;
    private static MeshService<HttpBackend> other;
    private static MeshService<HttpBackend> copies;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(HttpRulesIT.class);
        // Whose turn it is, each event loop knows by itself.
        mesh.withAgentEnvironment(Map.of("SIGNALBOX_EVENT_LOOPS", "1"));
        catalog = mesh.add(ServiceSpec.of("catalog", PortProtocol.HTTP), HttpBackend::start, 1);
        other = mesh.add(
                ServiceSpec.of("other", PortProtocol.HTTP)
                        .withPort(catalog.spec().port()),
                HttpBackend::start,
                1);
        copies = mesh.add(
                ServiceSpec.of("copies", PortProtocol.HTTP)
                        .withPort(catalog.spec().port()),
                HttpBackend::start,
                1);
        mesh.registry().replace(mesh.registry().directory().resolve("rules.yaml"), RULES);
        mesh.start();
        await().atMost(DEADLINE).until(() -> get("/direct").status() == 403);
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    private static final String RULES = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: catalog, namespace: shop}
            spec:
              hosts: [catalog]
              http:
              - name: direct
                match: [{uri: {exact: /direct}}]
                directResponse: {status: 403, body: {string: not here}}
              - name: redirect
                match: [{uri: {prefix: /old}}]
                redirect: {uri: /new, authority: new.example, redirectCode: 308}
              - name: rewrite
                match: [{uri: {prefix: /prefix/}}]
                rewrite: {uri: /, authority: rewritten.example}
                route: [{destination: {host: catalog}}]
              - name: regex
                match: [{uri: {regex: "/items/[0-9]+"}}]
                rewrite: {uriRegexRewrite: {match: "^/items/([0-9]+)$", rewrite: '/item-\\1'}}
                route: [{destination: {host: catalog}}]
              - name: headers
                match: [{uri: {exact: /headers}}]
                headers:
                  request: {set: {x-set: one}, add: {x-add: two}, remove: [x-gone]}
                  response: {set: {x-answer: three}, remove: [x-seen-host]}
                route: [{destination: {host: catalog}}]
              - name: user
                match: [{uri: {exact: /user}, headers: {x-user: {prefix: al}}}]
                route: [{destination: {host: other}}]
              - name: split
                match: [{uri: {exact: /split}}]
                route:
                - {destination: {host: catalog}, weight: 73}
                - {destination: {host: other}, weight: 27}
              - name: abort
                match: [{uri: {exact: /abort}}]
                fault: {abort: {httpStatus: 418, percentage: {value: 100}}}
                route: [{destination: {host: catalog}}]
              - name: delay
                match: [{uri: {exact: /delayed}}]
                fault: {delay: {fixedDelay: 300ms, percentage: {value: 100}}}
                route: [{destination: {host: catalog}}]
              - name: timeout
                match: [{uri: {exact: /hold}}]
                timeout: 200ms
                route: [{destination: {host: catalog}}]
              - name: retried
                match: [{uri: {exact: /status}, queryParams: {code: {exact: "503"}}}]
                retries: {attempts: 2, retryOn: "503"}
                route: [{destination: {host: catalog}}]
              - name: mirrored
                match: [{uri: {exact: /mirrored}}]
                mirrors: [{destination: {host: copies}, percentage: {value: 100}}]
                route: [{destination: {host: catalog}}]
              - name: cors
                match: [{uri: {exact: /cors}}]
                corsPolicy:
                  allowOrigins: [{exact: "https://shop.example"}]
                  allowMethods: [GET, PUT]
                  maxAge: 1h
                route: [{destination: {host: catalog}}]
              - name: unknown
                match: [{uri: {exact: /unknown}}]
                route: [{destination: {host: nobody}}]
              - name: rest
                match: [{uri: {prefix: /echo}}, {uri: {prefix: /plain}}]
                route: [{destination: {host: catalog}}]
            """;

    @Test
    void aDirectResponseIsTheAgentsOwn() throws IOException {
        assertThat(get("/direct").body()).isEqualTo("not here");
    }

    @Test
    void aRedirectKeepsTheQuery() throws IOException {
        HttpConnection.Response response = get("/old/page?a=b");
        assertThat(response.status()).isEqualTo(308);
        assertThat(response.headers()).containsEntry("location", "http://new.example/new?a=b");
    }

    static Stream<Arguments> rewrites() {
        return Stream.of(
                Arguments.of("/prefix/x?q=1", "/x?q=1", "rewritten.example"),
                Arguments.of("/items/17?q=1", "/item-17?q=1", "catalog"),
                Arguments.of("/a/../plain/./x", "/plain/x", "catalog"));
    }

    @ParameterizedTest(name = "{0} becomes {1} at {2}")
    @MethodSource("rewrites")
    void aRewriteChangesWhatTheBackendSees(String sent, String target, String host) throws IOException {
        assertThat(get(sent).headers()).containsEntry("x-seen-target", target).containsEntry("x-seen-host", host);
    }

    @Test
    void headersAreChangedBothWays() throws IOException {
        HttpConnection.Response response =
                get("/headers", Map.of("x-gone", "1", "x-add", "zero", "x-tell-headers", "1"));
        assertThat(response.headers())
                .containsEntry("x-answer", "three")
                .doesNotContainKey("x-seen-host")
                .hasEntrySatisfying(
                        "x-seen-headers",
                        seen -> assertThat(seen.split("\\|"))
                                .contains("x-set=one", "x-add=zero,two")
                                .noneMatch(field -> field.startsWith("x-gone=")));
    }

    @Test
    void aHeaderConditionChoosesTheRule() throws IOException {
        assertThat(get("/user", Map.of("x-user", "alice")).endpoint()).isIn(other.backendNames());
        assertThat(get("/user", Map.of("x-user", "bob")).status()).isEqualTo(404);
    }

    @Test
    void weightsAreExact() throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        try (HttpConnection connection = HttpConnection.open(catalog.address())) {
            for (int i = 0; i < 300; i++) {
                counts.merge(connection.get("catalog", "/split").endpoint(), 1, Integer::sum);
            }
        }
        assertThat(counts)
                .containsEntry(catalog.backendNames().getFirst(), 219)
                .containsEntry(other.backendNames().getFirst(), 81);
    }

    @Test
    void anAbortIsAnsweredWithoutTheBackend() throws IOException {
        long before = catalog.backends().getFirst().requests();
        assertThat(get("/abort").status()).isEqualTo(418);
        assertThat(catalog.backends().getFirst().requests()).isEqualTo(before);
    }

    @Test
    void aDelayComesBeforeTheBackend() throws IOException {
        long start = System.nanoTime();
        assertThat(get("/delayed").status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void aBackendThatIsTooSlowIsAnswered504() throws IOException {
        HttpConnection.Response response = get("/hold?gate=never");
        assertThat(response.status()).isEqualTo(504);
        assertThat(response.body()).isEqualTo("upstream request timeout");
        catalog.backends().getFirst().gate("never").open();
    }

    @Test
    void aStatusThatTheRuleNamesIsTriedAgain() throws IOException {
        long before = catalog.backends().getFirst().requests();
        assertThat(get("/status?code=503").status()).isEqualTo(503);
        assertThat(catalog.backends().getFirst().requests() - before).isEqualTo(3);
    }

    @Test
    void aMirrorGetsACopy() throws IOException {
        long before = copies.backends().getFirst().requests();
        assertThat(get("/mirrored").endpoint()).isIn(catalog.backendNames());
        await().atMost(DEADLINE).until(() -> copies.backends().getFirst().requests() == before + 1);
    }

    @Test
    void aPreflightIsAnsweredByTheAgent() throws IOException {
        try (HttpConnection connection = HttpConnection.open(catalog.address())) {
            connection.send(String.join(
                    "\r\n",
                    "OPTIONS /cors HTTP/1.1",
                    "Host: catalog",
                    "Origin: https://shop.example",
                    "Access-Control-Request-Method: PUT",
                    "",
                    ""));
            HttpConnection.Response response = connection.readResponse();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.endpoint()).isEmpty();
            assertThat(response.headers())
                    .containsEntry("access-control-allow-origin", "https://shop.example")
                    .containsEntry("access-control-max-age", "3600");
        }
        assertThat(get("/cors", Map.of("Origin", "https://shop.example")).headers())
                .containsEntry("access-control-allow-origin", "https://shop.example");
        assertThat(get("/cors", Map.of("Origin", "https://evil.example")).headers())
                .doesNotContainKey("access-control-allow-origin");
    }

    @Test
    void anUnknownDestinationIsAnswered503AndNoRule404() throws IOException {
        assertThat(get("/unknown").status()).isEqualTo(503);
        assertThat(get("/nothing-matches").status()).isEqualTo(404);
    }

    @Test
    void explainSaysTheSameAtTheCommandLineAndOverHttp() throws IOException, InterruptedException {
        String url = "http://catalog:" + catalog.spec().port() + "/user";
        Commands.Result text = Commands.run(
                io.signalbox.loadtest.harness.Launchers.agent(),
                "explain",
                "--admin-port",
                Integer.toString(mesh.agent().adminPort()),
                "--source-namespace",
                "shop",
                "-H",
                "x-user: alice",
                "--json",
                url);
        assertThat(text.exitCode()).as(text.output()).isZero();
        assertThat(new ObjectMapper().readTree(text.output()).at("/rule/route").asText())
                .isEqualTo("user");
    }

    private static HttpConnection.Response get(String path) throws IOException {
        return get(path, Map.of());
    }

    private static HttpConnection.Response get(String path, Map<String, String> headers) throws IOException {
        try (HttpConnection connection = HttpConnection.open(catalog.address())) {
            return connection.get("catalog", path, headers);
        }
    }
}
