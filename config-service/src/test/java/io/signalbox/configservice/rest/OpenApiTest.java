package io.signalbox.configservice.rest;

import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.signalbox.config.v1.ExplainResponse;
import io.signalbox.config.v1.ExplainedBackend;
import io.signalbox.config.v1.ExplainedFrontend;
import io.signalbox.config.v1.ExplainedPolicy;
import io.signalbox.config.v1.ExplainedRetries;
import io.signalbox.config.v1.Explanation;
import io.signalbox.configservice.compile.Compiler;
import io.signalbox.configservice.explain.Explainer;
import io.signalbox.configservice.explain.WhatIfCompiler;
import io.signalbox.configservice.explain.WhatIfs;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.publish.AgentQuestions;
import io.signalbox.configservice.publish.AgentSessions;
import io.signalbox.configservice.publish.SessionClock;
import io.signalbox.configservice.publish.SessionTerms;
import io.signalbox.configservice.source.SourceStatus;
import io.signalbox.configservice.telemetry.Telemetry;
import io.signalbox.configservice.testkit.AgentStream;
import io.signalbox.configservice.testkit.TestService;
import io.signalbox.configservice.wire.SnapshotStore;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The document says what the running service does, and the service does nothing else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What no request can bring about at will: before the first load, and a compilation that takes 10 s. */
    private static final Set<String> NOT_TRIED = Set.of("GET /health/ready 503", "POST /v1/validate 504");

    private static final String QUESTION = """
            {"request": {"destination": "10.0.0.1:80", "protocol": "http"}}""";
    private static final String MANIFESTS = "{\"manifests\": \"kind: x\"}";
    private static final Explanation EXPLANATION = Explanation.newBuilder()
            .setOutcome("route")
            .setFrontend(ExplainedFrontend.newBuilder().setMatch("host").setPort(80))
            .addBackends(ExplainedBackend.newBuilder().setHost("catalog"))
            .setPolicy(ExplainedPolicy.newBuilder()
                    .setTimeout(com.google.protobuf.Duration.newBuilder().setNanos(1))
                    .setRetries(ExplainedRetries.newBuilder().setAttempts(0)))
            .putResponseHeaders("a", "b")
            .build();

    private final Set<String> tried = new TreeSet<>();
    private TestService service;
    private JsonNode document;

    @BeforeAll
    void start(@TempDir Path registry) throws Exception {
        TestService.write(
                registry,
                "shop.yaml",
                service("shop", "catalog", "10.0.0.1", "http", 80),
                slice("shop", "catalog", "http", 8080, "10.1.0.1"),
                """
                apiVersion: v1
                kind: Service
                metadata: {name: alias, namespace: shop}
                spec: {type: ExternalName, externalName: catalog.shop.svc.cluster.local, ports: [{port: 80}]}
                """,
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: api, namespace: shop}
                spec:
                  hosts: [api.example]
                  addresses: [192.0.2.10]
                  ports: [{number: 443, name: tls, protocol: TLS, targetPort: 8443}]
                  resolution: DNS
                """,
                """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: catalog, namespace: shop}
                spec:
                  hosts: [catalog]
                  http:
                  - name: beta
                    match: [{uri: {prefix: /beta}}]
                    route: [{destination: {host: catalog}}]
                  - route: [{destination: {host: catalog}}]
                """,
                """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: catalog, namespace: shop}
                spec: {host: catalog, trafficPolicy: {loadBalancer: {simple: RANDOM}}}
                """,
                """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: catalog, namespace: shop}
                spec:
                  parentRefs: [{group: "", kind: Service, name: catalog, port: 80}]
                  rules: [{backendRefs: [{name: catalog, port: 80}]}]
                """,
                "kind: Broken\n");
        service = new TestService(registry);
        HttpResponse<String> response = service.send("GET", "/openapi.yaml");
        assertThat(response.headers().firstValue("content-type")).contains("application/yaml");
        document = new YAMLMapper().readTree(response.body());
    }

    @AfterAll
    void everyDocumentedAnswerWasTried() {
        service.close();
        assertThat(tried).containsAll(documentedAnswers());
    }

    private Set<String> documentedAnswers() {
        Set<String> answers = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(method -> method.getValue()
                                .path("responses")
                                .fieldNames()
                                .forEachRemaining(status ->
                                        answers.add(operation(method.getKey(), path.getKey()) + " " + status))));
        answers.removeAll(NOT_TRIED);
        return answers;
    }

    private static String operation(String method, String path) {
        return method.toUpperCase(Locale.ROOT) + " " + path;
    }

    @Test
    void everyRouteIsInTheDocumentAndEveryOperationIsARoute() {
        Set<String> documented = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(method -> documented.add(operation(method, path.getKey()))));
        SnapshotStore store = new SnapshotStore();
        try (Telemetry telemetry = new Telemetry();
                AgentSessions sessions = new AgentSessions(
                        store,
                        new SessionTerms("i", "v", Duration.ofSeconds(1), Duration.ofSeconds(3)),
                        telemetry,
                        SessionClock.SYSTEM);
                WhatIfs whatIfs = new WhatIfs(
                        new WhatIfCompiler(new Compiler("cluster.local"), 1),
                        () -> PipelineState.INITIAL,
                        store::current)) {
            RestApi api = new RestApi(
                    "cluster.local",
                    () -> new SourceStatus("files", false, false, List.of()),
                    () -> PipelineState.INITIAL,
                    store::current,
                    List::of,
                    new Explainer(new AgentQuestions(sessions), whatIfs, () -> PipelineState.INITIAL, store::current),
                    whatIfs,
                    telemetry::scrape);

            assertThat(api.routes().stream().map(route -> operation(route.method(), route.path())))
                    .containsExactlyInAnyOrderElementsOf(documented);
        }
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        for (JsonNode reference : document.findValues("$ref")) {
            assertThat(document.at(reference.asText().substring(1)).isMissingNode())
                    .as(reference.asText())
                    .isFalse();
        }
    }

    static Stream<Arguments> gets() {
        return Stream.of(
                        "/v1/ports 200",
                        "/v1/ports?x=1 400",
                        "/v1/ports/80 200",
                        "/v1/ports/443 200 404",
                        "/v1/ports/81 404",
                        "/v1/ports/x 400",
                        "/v1/services 200",
                        "/v1/services?namespace=shop&name=catalog 200",
                        "/v1/services?kind=Service 400",
                        "/v1/rules 200",
                        "/v1/rules?kind=VirtualService 200",
                        "/v1/rules?port=80 400",
                        "/v1/agents 200",
                        "/v1/agents?x=1 400",
                        "/v1/problems 200",
                        "/v1/problems?severity=error 200",
                        "/v1/problems?x=1 400",
                        "/v1/source 200",
                        "/v1/source?x=1 400",
                        "/v1/diff?port=80 200",
                        "/v1/diff 400",
                        "/v1/diff?port=81 404",
                        "/openapi.yaml 200",
                        "/health/live 200",
                        "/health/ready 200",
                        "/metrics 200")
                .map(line -> {
                    List<String> words = List.of(line.split(" "));
                    return Arguments.of(
                            words.getFirst(),
                            words.stream().skip(1).map(Integer::valueOf).toList());
                });
    }

    @ParameterizedTest(name = "GET {0} is answered {1}")
    @MethodSource("gets")
    void getsAreAnsweredAsDocumented(String path, List<Integer> statuses) throws Exception {
        HttpResponse<String> response = service.send("GET", path);

        assertThat(statuses).contains(response.statusCode());
        check("get", path, response);
    }

    @ParameterizedTest(name = "POST {0} of {1} is answered {3}")
    @MethodSource("posts")
    void postsAreAnsweredAsDocumented(String path, String body, String type, int status) throws Exception {
        HttpResponse<String> response = post(path, type, BodyPublishers.ofString(body));

        assertThat(response.statusCode()).isEqualTo(status);
        check("post", path, response);
    }

    static Stream<Arguments> posts() {
        return Stream.of(
                Arguments.of("/v1/validate", MANIFESTS, "application/json", 200),
                Arguments.of("/v1/validate", "{}", "application/json", 400),
                Arguments.of("/v1/validate", "{}", "text/plain", 415),
                Arguments.of("/v1/explain", "{}", "application/json", 400),
                Arguments.of("/v1/explain", "{}", "text/plain", 415));
    }

    private HttpResponse<String> post(String path, String type, BodyPublisher body)
            throws IOException, InterruptedException {
        return service.send(HttpRequest.newBuilder(service.uri(path))
                .header("content-type", type)
                .POST(body));
    }

    @Test
    void tooLongBodiesAreAnsweredAsDocumented() throws Exception {
        for (String path : List.of("/v1/explain", "/v1/validate")) {
            // Without its length, so that the client has read no early answer into a closed connection.
            BodyPublisher body =
                    BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(new byte[RestApi.MAX_BODY_BYTES + 1]));
            HttpResponse<String> response = post(path, "application/json", body);

            assertThat(response.statusCode()).isEqualTo(413);
            check("post", path, response);
        }
    }

    private CompletableFuture<HttpResponse<String>> ask(String path, String body) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return service.post(path, body);
            } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
            }
        });
    }

    @Test
    void whatAnAgentSaysIsAnsweredAsDocumented() throws Exception {
        HttpResponse<String> nobody = ask("/v1/explain", QUESTION).join();
        assertThat(nobody.statusCode()).isEqualTo(503);
        check("post", "/v1/explain", nobody);

        try (AgentStream agent = service.agent("node-1")) {
            check("get", "/v1/agents", service.send("GET", "/v1/agents"));
            CompletableFuture<HttpResponse<String>> explained = ask("/v1/explain", QUESTION);
            agent.answer(agent.nextQuestion(), EXPLANATION);
            assertThat(explained.join().statusCode()).isEqualTo(200);
            check("post", "/v1/explain", explained.join());

            CompletableFuture<HttpResponse<String>> refused = ask("/v1/explain", QUESTION);
            agent.answer(ExplainResponse.newBuilder()
                    .setId(agent.nextQuestion().getId())
                    .setError("no")
                    .build());
            assertThat(refused.join().statusCode()).isEqualTo(502);
            check("post", "/v1/explain", refused.join());

            List<CompletableFuture<HttpResponse<String>>> unanswered = new ArrayList<>();
            for (int i = 0; i < QuestionRoutes.MAX_AT_ONCE; i++) {
                unanswered.add(ask("/v1/explain", QUESTION));
                agent.nextQuestion();
            }
            CompletableFuture<HttpResponse<String>> busy = ask("/v1/explain", QUESTION);
            HttpResponse<String> alsoBusy = ask("/v1/validate", MANIFESTS).join();
            assertThat(busy.join().statusCode()).isEqualTo(429);
            assertThat(alsoBusy.statusCode()).isEqualTo(429);
            check("post", "/v1/explain", busy.join());
            check("post", "/v1/validate", alsoBusy);

            assertThat(unanswered.getFirst().join().statusCode()).isEqualTo(504);
            check("post", "/v1/explain", unanswered.getFirst().join());
            unanswered.forEach(CompletableFuture::join);
        }
    }

    /** The answer has a status, media type and body that the document has for the operation. */
    private void check(String method, String pathAndQuery, HttpResponse<String> response) throws IOException {
        String path = pathAndQuery.replaceFirst("\\?.*", "").replaceFirst("^/v1/ports/.+", "/v1/ports/{port}");
        JsonNode documented = resolved(document.path("paths")
                .path(path)
                .path(method)
                .path("responses")
                .path(Integer.toString(response.statusCode())));
        assertThat(documented.isMissingNode())
                .as(method + " " + path + " " + response.statusCode() + " is not documented: " + response.body())
                .isFalse();
        documented
                .path("headers")
                .fieldNames()
                .forEachRemaining(name ->
                        assertThat(response.headers().firstValue(name)).as(name).isPresent());
        String type = response.headers().firstValue("content-type").orElse("").replaceFirst(";.*", "");
        JsonNode content = documented.path("content").path(type);
        assertThat(content.isMissingNode()).as(type).isFalse();
        if (type.endsWith("json")) {
            assertThat(errors(content.path("schema"), JSON.readTree(response.body())))
                    .as(response.body())
                    .isEmpty();
        }
        tried.add(operation(method, path) + " " + response.statusCode());
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }

    private List<Error> errors(JsonNode schema, JsonNode body) {
        ObjectNode standalone = schema.deepCopy();
        standalone.set("components", document.path("components"));
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(standalone)
                .validate(body);
    }
}
