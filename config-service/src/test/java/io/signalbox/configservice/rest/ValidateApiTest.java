package io.signalbox.configservice.rest;

import static io.signalbox.configservice.testkit.Declarations.service;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.configservice.testkit.TestService;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** POST /v1/validate on a running service, which nothing here changes. */
class ValidateApiTest {
    private static final String CATALOG = service("shop", "catalog", "10.0.0.1", "http", 80);

    private static final String RULE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: catalog, namespace: shop}
            spec:
              hosts: [catalog]
              http:
              - route: [{destination: {host: catalog}}]
              - route: [{destination: {host: nosuch}}]
            """;

    private static TestService service;

    @BeforeAll
    static void start(@TempDir Path registry) throws IOException {
        TestService.write(registry, "catalog.yaml", CATALOG);
        service = new TestService(registry);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static JsonNode validate(boolean overlay, String... yaml) throws Exception {
        HttpResponse<String> response = service.post("/v1/validate", TestService.manifests(overlay, yaml));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestService.json(response);
    }

    private static Stream<Arguments> documents() {
        return Stream.of(
                Arguments.of(CATALOG, true, ""),
                Arguments.of("", true, ""),
                Arguments.of("kind: [", false, "error: is no YAML at line 1"),
                Arguments.of("kind: '" + "x".repeat(1 << 20) + "'", false, "error: has a line of 1048584 characters"),
                Arguments.of("- a", false, "error: is no object"),
                Arguments.of("{apiVersion: v1, metadata: {name: x}}", false, "error: x kind is missing"),
                Arguments.of(
                        "{apiVersion: v1, kind: Service}", false, "error: Service metadata.name Service has no name"),
                Arguments.of(
                        "{apiVersion: v1, kind: Service, metadata: {name: x, namespace: shop}, spec: {ports: [{port: a}]}}",
                        false,
                        "error: Service x spec.ports[0].port is \"a\""),
                Arguments.of(
                        service("shop", "x", "10.0.0.1", "http", 70_000),
                        false,
                        "error: Service x spec.ports[0].port 70000"),
                Arguments.of(
                        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}}",
                        true,
                        "warning: Deployment x kind Deployment of apps/v1 is not read"),
                Arguments.of(
                        "{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: x}}",
                        true,
                        "warning: Gateway x kind Gateway of networking.istio.io/v1 is not read"),
                Arguments.of(
                        "{apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: {name: x}}",
                        true,
                        "warning: GatewayClass x kind GatewayClass of gateway.networking.k8s.io/v1 is not read"));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("documents")
    void saysWhatIsWrongAndWhere(String yaml, boolean valid, String expected) throws Exception {
        JsonNode answer = validate(false, yaml);

        assertThat(answer.path("valid").asBoolean()).isEqualTo(valid);
        if (expected.isEmpty()) {
            assertThat(answer.path("problems").path(0).path("severity").asText())
                    .isNotEqualTo("error");
        } else {
            JsonNode problem = answer.path("problems").path(0);
            assertThat(problem.path("severity").asText() + ": "
                            + Stream.of("kind", "name", "path", "message")
                                    .map(field -> problem.path(field).asText())
                                    .filter(text -> !text.isEmpty())
                                    .collect(Collectors.joining(" ")))
                    .startsWith(expected);
        }
    }

    @Test
    void theDocumentIsNamedAndGoodOnesDoNotHideBadOnes() throws Exception {
        JsonNode answer = validate(false, CATALOG, "kind: Service\n", CATALOG.replace("catalog", "other"));

        assertThat(answer.path("valid").asBoolean()).isFalse();
        assertThat(answer.path("problems").path(0).path("document").asInt()).isEqualTo(1);
    }

    @Test
    void findingsThatNeedMoreThanOneObjectAreMadeToo() throws Exception {
        JsonNode alone = validate(false, RULE);
        assertThat(alone.path("valid").asBoolean()).isTrue();
        assertThat(alone.path("problems").findValuesAsText("path"))
                .contains("spec.http[0].route[0].destination.host", "spec.http[1].route[0].destination.host");
        assertThat(alone.path("problems").findValuesAsText("severity")).containsOnly("warning");

        assertThat(validate(true, RULE).path("problems").findValuesAsText("path"))
                .contains("spec.http[1]", "spec.http[1].route[0].destination.host")
                .doesNotContain("spec.http[0].route[0].destination.host");
    }

    @Test
    void findingsAboutLiveObjectsAreNotRepeated() throws Exception {
        JsonNode answer = validate(true, service("shop", "other", "10.0.0.2", "http", 81));

        assertThat(answer.path("problems").findValuesAsText("name")).doesNotContain("catalog");
    }

    @ParameterizedTest(name = "{0} is answered {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {}                       | 400 | manifests: is missing (expected: text, Kubernetes YAML)
            {"manifests": []}        | 400 | manifests: a list (expected: text)
            {"manifests": "", "x": 1} | 400 | x: is no known field (expected: one of manifests, overlay)
            """)
    void badBodiesAreRefusedByName(String body, int status, String detail) throws Exception {
        HttpResponse<String> response = service.post("/v1/validate", body);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(TestService.json(response).path("detail").asText()).startsWith(detail);
    }

    @Test
    void theLiveRegistryStaysAsItIs() throws Exception {
        String before = service.get("/v1/ports/80").toString();
        validate(true, service("shop", "catalog", "10.0.0.9", "http", 80));

        assertThat(service.get("/v1/ports/80").toString()).isEqualTo(before);
    }
}
