package io.signalbox.configservice.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.TextFormat;
import io.signalbox.config.v1.Resource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of two versions of a port, in the contract's text format. */
class PortDiffTest {
    private static final String BETA = """
            routes { rule { kind: "VirtualService" namespace: "shop" name: "catalog" route: "beta" index: 0 }
              matches { path { prefix: "/api" } headers { name: "end-user" value { exact: "jason" } } }
              forward { timeout_millis: 1500
                backends { backend: "catalog:80/v1" weight: 90 } backends { backend: "catalog:80/v2" weight: 10 } } }
            """;
    private static final String UNNAMED = """
            routes { rule { kind: "VirtualService" namespace: "shop" name: "catalog" index: %d }
              redirect { status: 301 path: "%s" } }
            """;
    private static final String DEFAULT = "routes { forward { backends { backend: \"catalog:80\" weight: 1 } } }\n";

    private static Resource resource(String name, String kind, String content) {
        try {
            return TextFormat.parse("name: \"" + name + "\" " + kind + " { " + content + " }", Resource.class);
        } catch (TextFormat.ParseException e) {
            throw new AssertionError(content, e);
        }
    }

    private static List<String> changes(String kind, String from, String to) {
        PortDiff diff = PortDiff.between(
                List.of(resource("virtual-host/x", kind, from)), List.of(resource("virtual-host/x", kind, to)));
        assertThat(diff.added()).isEmpty();
        assertThat(diff.removed()).isEmpty();
        return diff.changed().stream()
                .flatMap(change -> change.changes().stream())
                .toList();
    }

    static Stream<Arguments> backends() {
        String one = "endpoints { address: \"\\n\\000\\000\\005\" port: 8080 }";
        String two = "endpoints { address: \"\\n\\000\\000\\006\" port: 8080 }";
        return Stream.of(
                arguments(one, one + two, "endpoints added: 10.0.0.6:8080"),
                arguments(one + two, two, "endpoints removed: 10.0.0.5:8080"),
                arguments(
                        one,
                        "endpoints { address: \"\\n\\000\\000\\005\" port: 8080 weight: 2 locality: \"eu/a\" }",
                        "endpoint 10.0.0.5:8080: weight 0 -> 2|endpoint 10.0.0.5:8080: locality none -> eu/a"),
                arguments("", "endpoints { host_name: \"a.example\" port: 443 }", "endpoints added: a.example:443"),
                arguments(
                        "load_balancer: LOAD_BALANCER_LEAST_REQUEST",
                        "load_balancer: LOAD_BALANCER_RANDOM",
                        "load balancer LEAST_REQUEST -> RANDOM"),
                arguments(
                        "connection_pool { connect_timeout_millis: 10000 }",
                        "connection_pool { connect_timeout_millis: 250 max_requests: 5 }",
                        "connection pool connect timeout 10 s -> 250 ms|connection pool max requests none -> 5"),
                arguments("", "warm_up { duration_millis: 2000 }", "warm up none -> duration 2 s"),
                arguments("node_local: false", "node_local: true", "node local false -> true"),
                arguments(
                        "consistent_hash { header: \"x-user\" maglev { table_size: 65537 } }",
                        "consistent_hash { source_ip: true maglev { table_size: 65537 } }",
                        "consistent hash key header x-user -> source ip true"),
                arguments(
                        "policy_rule { kind: \"DestinationRule\" namespace: \"shop\" name: \"a\" }",
                        "policy_rule { kind: \"DestinationRule\" namespace: \"shop\" name: \"b\" }",
                        "policy rule name a -> b"));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("backends")
    void saysWhatChangedOfABackend(String from, String to, String expected) {
        assertThat(changes("backend", from, to)).containsExactly(expected.split("\\|"));
    }

    static Stream<Arguments> virtualHosts() {
        String beta = "route 0 (VirtualService shop/catalog 'beta')";
        return Stream.of(
                arguments(
                        BETA + DEFAULT,
                        BETA.replace("weight: 90", "weight: 80").replace("weight: 10", "weight: 20") + DEFAULT,
                        beta + ": catalog:80/v1: weight 90 -> 80|" + beta + ": catalog:80/v2: weight 10 -> 20"),
                arguments(BETA, BETA.replace("1500", "0"), beta + ": timeout 1500 ms -> none"),
                arguments(BETA, BETA.replace("\"/api\"", "\"/v2\""), beta + ": match 0: path prefix /api -> /v2"),
                arguments(
                        BETA,
                        BETA.replace("jason", "ann"),
                        beta + ": match 0: headers removed: end-user exact jason|" + beta
                                + ": match 0: headers added: end-user exact ann"),
                arguments(
                        BETA,
                        BETA.replaceFirst("(?s)forward.*", "direct_response { status: 503 body: \"later\" } }"),
                        beta + ": action forward backends catalog:80/v1 weight 90, catalog:80/v2 weight 10, timeout"
                                + " 1500 ms -> direct response status 503, body \"later\""),
                arguments(
                        DEFAULT,
                        BETA + DEFAULT,
                        beta + " added: rule VirtualService shop/catalog 'beta', forward backends catalog:80/v1 weight"
                                + " 90, catalog:80/v2 weight 10, timeout 1500 ms, matches (path prefix /api, headers"
                                + " end-user exact jason)"),
                arguments(BETA + DEFAULT, DEFAULT, beta + " removed"),
                arguments(
                        UNNAMED.formatted(0, "/a") + UNNAMED.formatted(1, "/b"),
                        UNNAMED.formatted(0, "/new") + UNNAMED.formatted(1, "/a") + UNNAMED.formatted(2, "/b"),
                        "route 0 (VirtualService shop/catalog) added: rule VirtualService shop/catalog, redirect"
                                + " status 301, path /new"),
                arguments(
                        UNNAMED.formatted(0, "/a") + UNNAMED.formatted(1, "/b"),
                        UNNAMED.formatted(0, "/a") + UNNAMED.formatted(1, "/c"),
                        "route 1 (VirtualService shop/catalog): redirect path /b -> /c"),
                arguments(
                        BETA + BETA.replace("beta", "gamma"),
                        BETA.replace("beta", "gamma") + BETA,
                        "routes in another order: route 0 (VirtualService shop/catalog 'gamma'), " + "route 1"
                                + " (VirtualService shop/catalog 'beta')"),
                arguments(
                        "hosts { pattern: \"a\" }",
                        "hosts { pattern: \"a\" } hosts { pattern: \"b\" audience { namespace: \"shop\" } }",
                        "hosts added: b for callers of shop"),
                arguments(
                        DEFAULT,
                        DEFAULT.replace(
                                "routes {", "routes { fault { abort_http_status: 503 abort_per_million: 25000 }"),
                        "route 0 (default): fault none -> abort http status 503, abort 2.5 %"));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("virtualHosts")
    void saysWhatChangedOfAVirtualHost(String from, String to, String expected) {
        assertThat(changes("virtual_host", from, to)).containsExactly(expected.split("\\|"));
    }

    @Test
    void whatIsNewIsDescribedAndWhatIsGoneIsNamed() {
        PortDiff diff = PortDiff.between(
                List.of(resource("sni/a.example", "sni_frontend", "name: \"a.example\"")),
                List.of(resource(
                        "address/10.0.0.1/32",
                        "address_frontend",
                        "address: \"\\n\\000\\000\\001\" prefix_length: 32 protocol: FRONTEND_PROTOCOL_TCP")));

        assertThat(diff.removed()).containsExactly(new PortDiff.Change("sni", "a.example", List.of()));
        assertThat(diff.added())
                .containsExactly(new PortDiff.Change(
                        "address", "10.0.0.1/32", List.of("address: 10.0.0.1", "prefix length: 32", "protocol: TCP")));
        assertThat(diff.changed()).isEmpty();
    }

    @Test
    void whatIsEqualIsNotNamed() {
        List<Resource> same = List.of(resource("virtual-host/x", "virtual_host", BETA));

        assertThat(PortDiff.between(same, same)).isEqualTo(new PortDiff(List.of(), List.of(), List.of()));
    }

    @Test
    void longListsAreCut() {
        StringBuilder endpoints = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            endpoints.append("endpoints { host_name: \"h").append(i).append("\" port: 1 } ");
        }
        assertThat(changes("backend", "", endpoints.toString()))
                .singleElement()
                .asString()
                .startsWith("endpoints added: h0:1, h1:1")
                .endsWith("h19:1 and 10 more");
    }
}
