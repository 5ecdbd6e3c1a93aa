package io.signalbox.configservice.rest;

import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.configservice.testkit.TestService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API shows of the registry. */
class RegistryApiTest {
    private static TestService service;

    private static String alias(String name, String target) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: shop}
                spec: {type: ExternalName, externalName: %s, ports: [{port: 80}]}
                """.formatted(name, target);
    }

    @BeforeAll
    static void start(@TempDir Path registry) throws IOException {
        TestService.write(
                registry,
                "shop.yaml",
                service("shop", "catalog", "10.0.0.1", "http", 80),
                slice("shop", "catalog", "http", 8080, "10.1.0.1", "10.1.0.2"),
                service("ops", "catalog", "10.0.0.2", "http", 80),
                alias("near", "catalog.shop.svc.cluster.local"),
                alias("far", "near.shop.svc.cluster.local"),
                alias("loop", "loop.shop.svc.cluster.local"),
                alias("outside", "api.example"),
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: api, namespace: shop}
                spec:
                  hosts: [api.example]
                  ports: [{number: 443, name: tls, protocol: TLS, targetPort: 8443}]
                  resolution: STATIC
                  endpoints: [{address: 192.0.2.1}]
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
                metadata: {name: catalog, namespace: ops}
                spec:
                  parentRefs:
                  - {group: "", kind: Service, name: catalog, port: 80}
                  - {kind: Gateway, name: edge}
                  rules: [{backendRefs: [{name: nosuch, port: 80}]}]
                """,
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x, namespace: shop}}\n",
                "{apiVersion: v1, kind: Service, metadata: {name: bad, namespace: ops}}\n");
        service = new TestService(registry);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asText).toList();
    }

    @Test
    void servicesHaveTheirEndpointsAndTheAliasesThatLeadToThem() throws Exception {
        JsonNode services = service.get("/v1/services");

        JsonNode catalog =
                service.get("/v1/services?namespace=shop&name=catalog").path("services");
        assertThat(catalog).hasSize(1);
        assertThat(texts(catalog.path(0).path("aliases")))
                .containsExactly("far.shop.svc.cluster.local", "near.shop.svc.cluster.local");
        assertThat(catalog.path(0).path("ports").path(0).path("endpoints").asInt())
                .isEqualTo(2);
        JsonNode entry = services.path("service_entries").path(0);
        assertThat(texts(entry.path("hosts"))).containsExactly("api.example");
        assertThat(texts(entry.path("aliases"))).containsExactly("outside.shop.svc.cluster.local");
        assertThat(entry.path("ports").path(0).path("endpoints").asInt()).isEqualTo(1);
        assertThat(services.path("services")).hasSize(6);
    }

    @Test
    void rulesNameThePlacesWhereTheyApply() throws Exception {
        JsonNode rule = service.get("/v1/rules?kind=VirtualService").path("rules");
        assertThat(rule).hasSize(1);
        JsonNode place = rule.path(0).path("applies_to").path(0);
        assertThat(place.path("port").asInt()).isEqualTo(80);
        assertThat(place.path("kind").asText()).isEqualTo("virtual-host");
        assertThat(place.path("name").asText()).startsWith("catalog.shop.svc.cluster.local");
        assertThat(texts(place.path("routes"))).containsExactly("beta", "1");

        JsonNode policy = service.get("/v1/rules?kind=DestinationRule").path("rules");
        assertThat(texts(policy.path(0).path("hosts"))).containsExactly("catalog");
        assertThat(policy.path(0).path("applies_to").path(0).path("kind").asText())
                .isEqualTo("backend");
    }

    @Test
    void routesOfTheGatewayApiHaveTheirStatusAtServices() throws Exception {
        JsonNode parents =
                service.get("/v1/rules?kind=HTTPRoute").path("rules").path(0).path("parents");

        assertThat(parents.path(0)
                        .path("conditions")
                        .valueStream()
                        .map(condition -> condition.path("type").asText() + "="
                                + condition.path("status").asText() + " "
                                + condition.path("reason").asText()))
                .containsExactly("Accepted=True Accepted", "ResolvedRefs=False BackendNotFound");
        assertThat(parents.path(1).has("conditions")).isFalse();
    }

    @ParameterizedTest(name = "{0} names {1}")
    @CsvSource(delimiter = '|', textBlock = """
            /v1/problems?kind=Deployment            | x
            /v1/problems?severity=error             | bad
            /v1/problems?namespace=ops&name=bad     | bad
            /v1/problems?namespace=none             |
            /v1/services?namespace=ops              | catalog
            /v1/rules?namespace=ops                 | catalog
            /v1/rules?namespace=none                |
            """)
    void filtersLetOnlyWhatFitsPass(String path, String names) throws Exception {
        JsonNode answer = service.get(path);
        List<String> found = List.of("problems", "services", "rules").stream()
                .flatMap(list -> answer.path(list).valueStream())
                .map(item -> item.path("name").asText())
                .distinct()
                .toList();

        assertThat(found).isEqualTo(names == null ? List.of() : List.of(names.split(",")));
    }

    @Test
    void aPortNamesTheVersionsThatAreHeld() throws Exception {
        JsonNode port = service.get("/v1/ports/80");

        assertThat(texts(port.path("versions")))
                .containsExactly(port.path("version").asText());
    }
}
