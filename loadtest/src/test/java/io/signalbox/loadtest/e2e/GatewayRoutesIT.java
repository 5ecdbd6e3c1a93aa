package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Routes of the Gateway API that hang on Services, on real sockets. */
class GatewayRoutesIT {
    private static CapturedNode node;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        node = CapturedNode.create(GatewayRoutesIT.class)
                .backend("--http", "catalog-v1", "10.98.0.1:8080")
                .backend("--http", "catalog-v2", "10.98.0.2:8080")
                .backend("--http", "granted", "10.98.0.3:8080")
                .backend("--http", "secret", "10.98.0.4:8080")
                .backend("--banner", "store-v1", "10.98.1.1:9042")
                .backend("--banner", "store-v2", "10.98.1.2:9042")
                .backend("--tls", "vault-v1", "10.98.2.1:8443")
                .backend("--tls", "vault-v2", "10.98.2.2:8443")
                .backend("--grpc", "orders-v1", "10.98.3.1:9090")
                .backend("--grpc", "orders-v2", "10.98.3.2:9090");
        node.write(
                "registry.yaml",
                Manifests.all(
                        pair("shop", "catalog", 10, "http", 80, "10.98.0.1", 8080),
                        pair("shop", "catalog-v2", 11, "http", 80, "10.98.0.2", 8080),
                        pair("other", "granted", 12, "http", 80, "10.98.0.3", 8080),
                        pair("other", "secret", 13, "http", 80, "10.98.0.4", 8080),
                        pair("shop", "store", 20, "tcp", 9042, "10.98.1.1", 9042),
                        pair("shop", "store-v2", 21, "tcp", 9042, "10.98.1.2", 9042),
                        pair("shop", "vault", 30, "tls", 443, "10.98.2.1", 8443),
                        pair("shop", "vault-v2", 31, "tls", 443, "10.98.2.2", 8443),
                        pair("shop", "orders", 40, "grpc", 9090, "10.98.3.1", 9090),
                        pair("shop", "orders-v2", 41, "grpc", 9090, "10.98.3.2", 9090),
                        ROUTES));
        node.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (node != null) {
            node.close();
        }
    }

    private static String pair(
            String namespace, String name, int number, String portName, int port, String address, int targetPort) {
        return Manifests.all(
                Manifests.service(namespace, name, "10.96.0." + number, portName, port),
                Manifests.endpoints(namespace, name, portName, targetPort, address + " v1"));
    }

    private static final String ROUTES = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: catalog, namespace: shop}
            spec:
              parentRefs: [{group: "", kind: Service, name: catalog, port: 80}]
              rules:
              - matches: [{path: {type: PathPrefix, value: /cart}}]
                backendRefs: [{name: catalog-v2, port: 80}]
              - matches: [{path: {type: Exact, value: /user}, headers: [{name: x-user, value: alice}]}]
                backendRefs: [{name: catalog-v2, port: 80}]
              - matches: [{path: {type: Exact, value: /split}}]
                backendRefs: [{name: catalog, port: 80, weight: 3}, {name: catalog-v2, port: 80, weight: 1}]
              - matches: [{path: {type: PathPrefix, value: /old}}]
                filters:
                - type: RequestRedirect
                  requestRedirect:
                    hostname: new.example
                    path: {type: ReplacePrefixMatch, replacePrefixMatch: /new}
                    statusCode: 301
              - matches: [{path: {type: PathPrefix, value: /prefix}}]
                filters:
                - type: URLRewrite
                  urlRewrite:
                    hostname: rewritten.example
                    path: {type: ReplacePrefixMatch, replacePrefixMatch: /}
                backendRefs: [{name: catalog, port: 80}]
              - matches: [{path: {type: Exact, value: /headers}}]
                filters:
                - type: RequestHeaderModifier
                  requestHeaderModifier:
                    set: [{name: x-set, value: one}]
                    add: [{name: x-add, value: two}]
                    remove: [x-gone]
                - type: ResponseHeaderModifier
                  responseHeaderModifier: {set: [{name: x-answer, value: three}], remove: [x-seen-host]}
                backendRefs: [{name: catalog, port: 80}]
              - matches: [{path: {type: Exact, value: /granted}}]
                backendRefs: [{name: granted, namespace: other, port: 80}]
              - matches: [{path: {type: Exact, value: /secret}}]
                backendRefs: [{name: secret, namespace: other, port: 80}]
              - matches: [{path: {type: Exact, value: /plain}}]
                backendRefs: [{name: catalog, port: 80}]
            ---
            apiVersion: gateway.networking.k8s.io/v1beta1
            kind: ReferenceGrant
            metadata: {name: granted, namespace: other}
            spec:
              from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}]
              to: [{group: "", kind: Service, name: granted}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: consumer, namespace: other}
            spec:
              parentRefs: [{group: "", kind: Service, name: catalog-v2, namespace: shop}]
              rules:
              - filters:
                - type: ResponseHeaderModifier
                  responseHeaderModifier: {set: [{name: x-consumer, value: other}]}
                backendRefs: [{name: granted, port: 80}]
            ---
            apiVersion: gateway.networking.k8s.io/v1alpha2
            kind: TCPRoute
            metadata: {name: store, namespace: shop}
            spec:
              parentRefs: [{group: "", kind: Service, name: store}]
              rules: [{backendRefs: [{name: store-v2, port: 9042}]}]
            ---
            apiVersion: gateway.networking.k8s.io/v1alpha2
            kind: TLSRoute
            metadata: {name: vault, namespace: shop}
            spec:
              parentRefs: [{group: "", kind: Service, name: vault}]
              hostnames: [second.vault.example]
              rules: [{backendRefs: [{name: vault-v2, port: 443}]}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: GRPCRoute
            metadata: {name: orders, namespace: shop}
            spec:
              parentRefs: [{group: "", kind: Service, name: orders}]
              rules:
              - matches:
                - method: {service: signalbox.loadtest.v1.EchoService, method: Unary}
                  headers: [{name: x-user, value: alice}]
                backendRefs: [{name: orders-v2, port: 9090}]
              - matches: [{method: {service: signalbox.loadtest.v1.EchoService, method: Unary}}]
                backendRefs: [{name: orders, port: 9090}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: astray, namespace: shop}
            spec:
              parentRefs: [{group: "", kind: Service, name: nobody}]
              rules: [{backendRefs: [{name: catalog, port: 80}]}]
            """;

    @ParameterizedTest(name = "{0}")
    @CsvSource({"/cart, catalog-v2", "/cart/, catalog-v2", "/cart/one, catalog-v2", "/plain, catalog-v1"})
    void aPrefixGoesBySegments(String path, String endpoint) throws IOException, InterruptedException {
        assertThat(get(CapturedNode.SHOP, path)).contains("HTTP/1.1 200").contains("x-endpoint: " + endpoint);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"/cartoon", "/nothing"})
    void whatNoRuleMatchesIsNotFound(String path) throws IOException, InterruptedException {
        assertThat(get(CapturedNode.SHOP, path)).startsWith("HTTP/1.1 404");
    }

    @Test
    void aHeaderConditionChoosesTheRule() throws IOException, InterruptedException {
        assertThat(get(CapturedNode.SHOP, "/user", "x-user: alice")).contains("x-endpoint: catalog-v2");
        assertThat(get(CapturedNode.SHOP, "/user", "x-user: bob")).startsWith("HTTP/1.1 404");
    }

    @Test
    void weightsAreExact() throws IOException, InterruptedException {
        Map<String, Long> counts = new TreeMap<>();
        String url = "http://catalog/split";
        String answers = node.curl(Stream.concat(
                                Stream.of("--connect-to", "::10.96.0.10:80"),
                                Stream.generate(() -> url).limit(40))
                        .toArray(String[]::new))
                .output();
        for (String version : new String[] {"catalog-v1", "catalog-v2"}) {
            counts.put(version, answers.lines().filter(version::equals).count());
        }
        assertThat(counts).containsExactlyInAnyOrderEntriesOf(Map.of("catalog-v1", 30L, "catalog-v2", 10L));
    }

    @Test
    void aRedirectReplacesThePrefix() throws IOException, InterruptedException {
        assertThat(get(CapturedNode.SHOP, "/old/page?a=b"))
                .startsWith("HTTP/1.1 301")
                .contains("location: http://new.example/new/page?a=b");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"/prefix/x?q=1, /x?q=1", "/prefix, /"})
    void aRewriteReplacesThePrefix(String path, String target) throws IOException, InterruptedException {
        assertThat(get(CapturedNode.SHOP, path).lines())
                .contains("x-seen-target: " + target, "x-seen-host: rewritten.example");
    }

    @Test
    void headersAreChangedBothWays() throws IOException, InterruptedException {
        assertThat(get(CapturedNode.SHOP, "/headers", "x-gone: 1", "x-add: zero", "x-tell-headers: 1"))
                .contains("x-answer: three")
                .contains("x-set=one")
                .contains("x-add=zero,two")
                .doesNotContain("x-gone=")
                .doesNotContain("x-seen-host");
    }

    @Test
    void aBackendOfAnotherNamespaceNeedsAGrant() throws IOException, InterruptedException {
        assertThat(get(CapturedNode.SHOP, "/granted")).contains("x-endpoint: granted");
        assertThat(get(CapturedNode.SHOP, "/secret")).startsWith("HTTP/1.1 500").doesNotContain("x-endpoint");
    }

    @Test
    void aConsumersRouteIsForItsOwnNamespace() throws IOException, InterruptedException {
        String[] request = {"-H", "Host: catalog-v2.shop", "http://10.96.0.11/"};
        assertThat(node.curlFrom(CapturedNode.OTHER, request).output())
                .containsIgnoringCase("x-endpoint: granted")
                .containsIgnoringCase("x-consumer: other");
        assertThat(node.curl(request).output())
                .containsIgnoringCase("x-endpoint: catalog-v2")
                .doesNotContainIgnoringCase("x-consumer");
    }

    @Test
    void aTcpRouteTakesTheConnectionsOfItsService() throws IOException, InterruptedException {
        assertThat(node.firstLine(CapturedNode.SHOP, "10.96.0.20", 9042)).isEqualTo("store-v2");
        assertThat(node.firstLine(CapturedNode.SHOP, "10.96.0.21", 9042)).isEqualTo("store-v2");
    }

    @Test
    void aTlsRouteTakesItsServerNames() throws IOException, InterruptedException {
        assertThat(node.curl(
                                "-k",
                                "--connect-to",
                                "second.vault.example:443:10.96.0.30:443",
                                "https://second.vault.example/")
                        .output())
                .containsIgnoringCase("x-endpoint: vault-v2");
    }

    static Stream<Arguments> calls() {
        return Stream.of(
                Arguments.of("Unary", "alice", "grpc-status: 0", "orders-v2"),
                Arguments.of("Unary", "bob", "grpc-status: 0", "orders-v1"),
                Arguments.of("Bidi", "alice", "grpc-status: 12", ""));
    }

    @ParameterizedTest(name = "{0} of {1}")
    @MethodSource("calls")
    void aGrpcRouteGoesByMethodAndHeaders(String method, String user, String status, String endpoint)
            throws IOException, InterruptedException {
        String answer = node.run(
                        "bash",
                        "-c",
                        // One message of no bytes.
                        "printf '\\0\\0\\0\\0\\0' | curl -sSi --max-time 20 --http2-prior-knowledge --interface "
                                + CapturedNode.SHOP
                                + " -H 'content-type: application/grpc' -H 'te: trailers' -H 'x-user: " + user + "'"
                                + " --connect-to ::10.96.0.40:9090 --data-binary @- -o - -D -"
                                + " http://orders.shop:9090/signalbox.loadtest.v1.EchoService/" + method)
                .output();
        assertThat(answer).contains(status).contains(endpoint.isEmpty() ? "" : "x-endpoint: " + endpoint);
    }

    /** Head, with names in lower case, and body of the answer to a request for catalog. */
    @Test
    void theStateOfARouteIsShown() throws IOException, InterruptedException {
        JsonNode rules = node.rest("/v1/rules");
        assertThat(condition(rules, "consumer", "Accepted")).isEqualTo("True Accepted");
        assertThat(condition(rules, "consumer", "ResolvedRefs")).isEqualTo("True ResolvedRefs");
        assertThat(condition(rules, "catalog", "ResolvedRefs")).isEqualTo("False RefNotPermitted");
        assertThat(condition(rules, "astray", "Accepted")).isEqualTo("False NoMatchingParent");
    }

    private static String condition(JsonNode rules, String route, String type) {
        for (JsonNode rule : rules.path("rules")) {
            if (rule.path("kind").asText().equals("HTTPRoute")
                    && rule.path("name").asText().equals(route)) {
                for (JsonNode condition : rule.at("/parents/0/conditions")) {
                    if (condition.path("type").asText().equals(type)) {
                        return condition.path("status").asText() + " "
                                + condition.path("reason").asText();
                    }
                }
            }
        }
        return "";
    }

    private static String get(String caller, String path, String... headers) throws IOException, InterruptedException {
        String[] arguments = Stream.concat(
                        Stream.of("--connect-to", "::10.96.0.10:80", "http://catalog" + path),
                        Stream.of(headers).flatMap(header -> Stream.of("-H", header)))
                .toArray(String[]::new);
        String answer = node.curlFrom(caller, arguments).output().replace("\r", "");
        String statusLine = answer.lines().findFirst().orElse("");
        return statusLine + answer.substring(statusLine.length()).toLowerCase(Locale.ROOT);
    }
}
