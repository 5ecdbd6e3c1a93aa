package io.signalbox.configservice.compile;

import static io.signalbox.configservice.testkit.Declarations.registry;
import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.config.v1.AddressFrontend;
import io.signalbox.config.v1.Backend;
import io.signalbox.config.v1.Discovery;
import io.signalbox.config.v1.ForwardAction;
import io.signalbox.config.v1.L4Route;
import io.signalbox.config.v1.Resource;
import io.signalbox.config.v1.Route;
import io.signalbox.config.v1.UpstreamProtocol;
import io.signalbox.config.v1.VirtualHost;
import io.signalbox.config.v1.WeightedBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What rules become, where the outcome of a single request does not show it. */
class RouteCompilationTest {
    private static final String CATALOG = "catalog.shop.svc.cluster.local";

    private static Compilation compile(String... yaml) {
        List<String> all = new ArrayList<>(List.of(
                service("shop", "catalog", "10.0.0.1", "http", 80),
                service("shop", "browse", "10.0.0.2", "http", 80),
                service("shop", "db", "10.0.0.3", "tcp", 5432),
                service("shop", "vault", "10.0.0.4", "tls", 443)));
        all.addAll(Arrays.asList(yaml));
        return new Compiler("cluster.local").compile(Compilation.EMPTY, registry(all.toArray(String[]::new)));
    }

    private static String istio(String kind, String metadata, String spec) {
        return """
                apiVersion: networking.istio.io/v1
                kind: %s
                metadata: {%s}
                spec: %s
                """.formatted(kind, metadata, spec);
    }

    private static String rules(String http) {
        return istio("VirtualService", "name: r, namespace: shop", "{hosts: [catalog], http: " + http + "}");
    }

    private static Resource resource(Compilation compilation, int port, String name) {
        return Objects.requireNonNull(compilation.snapshot().ports().get(port)).resources().stream()
                .filter(resource -> resource.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name));
    }

    private static VirtualHost virtualHost(Compilation compilation, String name) {
        return resource(compilation, 80, "virtual-host/" + name).getVirtualHost();
    }

    private static Route route(String rule) {
        return virtualHost(compile(rules("[" + rule + "]")), CATALOG).getRoutes(0);
    }

    @Test
    void aRouteWithoutARuleHasTheDefaultRetriesAndNoTimeout() {
        ForwardAction forward = virtualHost(compile(), CATALOG).getRoutes(0).getForward();

        assertThat(forward.getTimeoutMillis()).isZero();
        assertThat(forward.getRetry().getAttempts()).isEqualTo(2);
        assertThat(forward.getRetry().getRetryOn())
                .isEqualTo("connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes");
        assertThat(forward.getRetry().getStatusCodesList()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{attempts: 3, retryOn: '5xx,503'} | 3 | '5xx,503' | [503]",
                "{attempts: 1} | 1 | connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes | []",
            })
    void retriesAreCompleted(String retries, int attempts, String retryOn, String codes) {
        var retry = route("{retries: " + retries + ", route: [{destination: {host: catalog}}]}")
                .getForward()
                .getRetry();

        assertThat(retry.getAttempts()).isEqualTo(attempts);
        assertThat(retry.getRetryOn()).isEqualTo(retryOn);
        assertThat(retry.getStatusCodesList()).hasToString(codes);
        assertThat(retry.getAvoidPreviousEndpoints()).isTrue();
    }

    @Test
    void headersOfASingleDestinationAreFoldedIntoThoseOfTheRule() {
        Route route = route("""
                {headers: {request: {set: {a: '1', b: '1', host: x.example}, add: {c: '1'}, remove: [d]}},
                 route: [{destination: {host: catalog}, headers: {request: {set: {b: '2', c: '2'}, remove: [e]}}}]}""");

        assertThat(route.getRequestHeaders().getSetList())
                .map(header -> header.getName() + "=" + header.getValue())
                .containsExactly("a=1", "b=2", "c=2");
        assertThat(route.getRequestHeaders().getAddList()).isEmpty();
        assertThat(route.getRequestHeaders().getRemoveList()).containsExactly("d", "e");
        assertThat(route.getForward().getRewrite().getAuthority()).isEqualTo("x.example");
        assertThat(route.getForward().getBackends(0).hasRequestHeaders()).isFalse();
    }

    @Test
    void headersOfSeveralDestinationsStayWithThem() {
        WeightedBackend first = route("""
                {route: [{destination: {host: catalog}, weight: 1, headers: {request: {set: {host: y.example}}}},
                         {destination: {host: browse}, weight: 1}]}""").getForward().getBackends(0);

        assertThat(first.getRequestHeaders().getSet(0).getName()).isEqualTo("host");
    }

    @Test
    void aRewriteOfAPrefixNamesThePrefixThatItReplaces() {
        assertThat(route("{rewrite: {uri: /v1}, route: [{destination: {host: catalog}}]}")
                        .getMatches(0)
                        .getPath()
                        .getPrefix())
                .isEqualTo("/");
    }

    @Test
    void rulesForLabelsHandOnToWhatComesNext() {
        Compilation compilation = compile(
                rules("[{match: [{sourceLabels: {app: a}}], route: [{destination: {host: browse}}]}]"),
                istio(
                        "VirtualService",
                        "name: wide, namespace: shop",
                        "{hosts: ['*.shop.svc.cluster.local'], http: [{match: [{sourceLabels: {app: b}}], route: [{destination: {host: browse}}]}]}"));

        VirtualHost first = virtualHost(compilation, CATALOG);
        VirtualHost second = virtualHost(compilation, first.getOtherwise());
        VirtualHost last = virtualHost(compilation, second.getOtherwise());
        assertThat(first.getRoutes(0).getRule().getName()).isEqualTo("r");
        assertThat(second.getRoutes(0).getRule().getName()).isEqualTo("wide");
        assertThat(second.getHostsList()).isEmpty();
        assertThat(last.getRoutes(0).hasRule()).isFalse();
        assertThat(last.getOtherwise()).isEmpty();
    }

    @Test
    void onlyTheNamespacesThatARuleNamesHaveVirtualHostsOfTheirOwn() {
        Compilation compilation =
                compile(rules("[{match: [{sourceNamespace: ops}], route: [{destination: {host: browse}}]}]"));

        assertThat(virtualHost(compilation, CATALOG).getRoutes(0).hasRule()).isFalse();
        assertThat(virtualHost(compilation, CATALOG + "@ops").getRoutes(0).hasRule())
                .isTrue();
        assertThat(virtualHost(compilation, CATALOG + "@ops").getHostsList())
                .map(host -> host.getAudience().getNamespace())
                .containsOnly("ops");
    }

    @Test
    void callersOfAScopeHaveTheHostsThatItImports() {
        Compilation compilation = compile(istio(
                "Sidecar", "name: s, namespace: ops", "{egress: [{hosts: [shop/catalog.shop.svc.cluster.local]}]}"));

        assertThat(virtualHost(compilation, CATALOG).getHostsList())
                .filteredOn(host -> host.getAudience().getScope().equals("ops/s"))
                .extracting(host -> host.getPattern())
                .containsExactly("10.0.0.1", "catalog.shop", "catalog.shop.svc", CATALOG, CATALOG + ".");
        assertThat(virtualHost(compilation, "browse.shop.svc.cluster.local").getHostsList())
                .allMatch(host -> host.getAudience().getScope().isEmpty());
        assertThat(compilation.snapshot().otherNodes().getScopes(0).getRestrictsVisibility())
                .isTrue();
    }

    private static List<String> connections(Compilation compilation, int port, String address) {
        AddressFrontend frontend =
                resource(compilation, port, "address/" + address).getAddressFrontend();
        return frontend.getRoutesList().stream().map(RouteCompilationTest::text).toList();
    }

    private static String text(L4Route route) {
        return (route.getUnmatched()
                        ? "unmatched"
                        : route.hasRule() ? "rule " + route.getRule().getIndex() : "default")
                + (route.getSniHost().isEmpty() ? "" : " sni " + route.getSniHost())
                + (route.hasDestinationSubnet()
                        ? " /" + route.getDestinationSubnet().getPrefixLength()
                        : "")
                + (route.getSourceLabelsCount() == 0
                        ? ""
                        : " for " + route.getSourceLabels(0).getValue());
    }

    @Test
    void aTcpRuleThatTakesAllEndsTheListForItsCallersAlone() {
        String destination = "route: [{destination: {host: db}}]";
        Compilation compilation =
                compile(istio("VirtualService", "name: r, namespace: shop", """
                {hosts: [db], tcp: [
                  {match: [{destinationSubnets: [10.0.0.0/8]}], %1$s},
                  {match: [{sourceLabels: {app: a}}], %1$s},
                  {match: [{destinationSubnets: [10.0.0.0/24]}], %1$s}]}""".formatted(destination)));

        assertThat(connections(compilation, 5432, "10.0.0.3/32"))
                .containsExactly("rule 0 /8 for a", "rule 1 for a", "rule 2 /24", "rule 0 /8", "default");
    }

    @Test
    void aTlsRuleTakesTheDefaultFromItsCallersAlone() {
        Compilation compilation = compile(istio("VirtualService", "name: r, namespace: shop", """
                {hosts: [vault], tls: [
                  {match: [{sniHosts: ['*.example'], sourceLabels: {app: a}}], route: [{destination: {host: vault}}]},
                  {match: [{sniHosts: [x.example], sourceLabels: {app: b}}], route: [{destination: {host: vault}}]}]}"""));

        assertThat(connections(compilation, 443, "10.0.0.4/32"))
                .containsExactly(
                        "rule 1 sni x.example for b",
                        "rule 0 sni *.example for a",
                        "unmatched for a",
                        "unmatched for b",
                        "default");
    }

    @Test
    void callersWithARuleOfTheirOwnHaveABackendOfTheirOwn() {
        Compilation compilation = compile(
                istio(
                        "DestinationRule",
                        "name: d, namespace: shop",
                        "{host: catalog, trafficPolicy: {loadBalancer: {simple: RANDOM}}}"),
                istio(
                        "DestinationRule",
                        "name: mine, namespace: ops",
                        "{host: catalog.shop.svc.cluster.local, workloadSelector: {matchLabels: {app: a}}}"));
        WeightedBackend backend =
                virtualHost(compilation, CATALOG).getRoutes(0).getForward().getBackends(0);

        assertThat(backend.getBackend()).isEqualTo(CATALOG + ":80");
        assertThat(backend.getForCallersList())
                .map(caller -> caller.getNamespace() + " " + caller.getLabelsCount() + " " + caller.getBackend())
                .containsExactly("ops 1 " + CATALOG + ":80@ops/mine", "ops 0 " + CATALOG + ":80@none");
        assertThat(backend(compilation, CATALOG + ":80").getPolicyRule().getName())
                .isEqualTo("d");
        assertThat(backend(compilation, CATALOG + ":80@none").hasPolicyRule()).isFalse();
    }

    private static Backend backend(Compilation compilation, String name) {
        return resource(compilation, 80, "backend/" + name).getBackend();
    }

    @Test
    void aBackendSaysWhichHttpItsEndpointsSpeak() {
        Compilation compilation = compile(
                service("shop", "g", "10.0.0.8", "grpc", 80),
                service("shop", "x", "10.0.0.9", "x", 80),
                service("shop", "c", "10.0.0.11", "http2", 80),
                istio(
                        "DestinationRule",
                        "name: c, namespace: shop",
                        "{host: c, trafficPolicy: {connectionPool: {http: {useClientProtocol: true}}}}"),
                istio(
                        "DestinationRule",
                        "name: d, namespace: shop",
                        "{host: browse, trafficPolicy: {connectionPool: {http: {h2UpgradePolicy: UPGRADE}}}}"));

        assertThat(backend(compilation, CATALOG + ":80").getUpstreamProtocol())
                .isEqualTo(UpstreamProtocol.UPSTREAM_PROTOCOL_HTTP1);
        assertThat(backend(compilation, "browse.shop.svc.cluster.local:80").getUpstreamProtocol())
                .isEqualTo(UpstreamProtocol.UPSTREAM_PROTOCOL_HTTP2);
        assertThat(backend(compilation, "g.shop.svc.cluster.local:80").getUpstreamProtocol())
                .isEqualTo(UpstreamProtocol.UPSTREAM_PROTOCOL_HTTP2);
        assertThat(backend(compilation, "x.shop.svc.cluster.local:80").getUpstreamProtocol())
                .isEqualTo(UpstreamProtocol.UPSTREAM_PROTOCOL_AS_CALLER);
        assertThat(backend(compilation, "c.shop.svc.cluster.local:80").getUpstreamProtocol())
                .isEqualTo(UpstreamProtocol.UPSTREAM_PROTOCOL_AS_CALLER);
    }

    @Test
    void anEndpointWhosePodIsNotKnownWaitsForIt() {
        Compilation compilation = compile(slice("shop", "catalog", "http", 8080, "10.1.0.1")
                .replace("['10.1.0.1']", "['10.1.0.1'], targetRef: {kind: Pod, name: p, namespace: shop}"));

        assertThat(backend(compilation, CATALOG + ":80").getEndpointsList()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "NONE | | DISCOVERY_ORIGINAL_DESTINATION | 0",
                "STATIC | 192.0.2.1 | DISCOVERY_STATIC | 1",
                "DNS | | DISCOVERY_DNS | 1",
                "DNS | a.example | DISCOVERY_DNS | 1",
                "DNS_ROUND_ROBIN | | DISCOVERY_DNS_ROUND_ROBIN | 1",
            })
    void resolutionsBecomeDiscoveries(String resolution, String endpoint, Discovery discovery, int endpoints) {
        Compilation compilation = compile(istio(
                "ServiceEntry",
                "name: e, namespace: shop",
                "{hosts: [e.example], resolution: " + resolution + ", ports: [{number: 80, name: http, protocol: HTTP}]"
                        + (endpoint == null ? "" : ", endpoints: [{address: " + endpoint + "}]") + "}"));
        Backend backend = backend(compilation, "e.example:80");

        assertThat(backend.getDiscovery()).isEqualTo(discovery);
        assertThat(backend.getEndpointsCount()).isEqualTo(endpoints);
    }

    @ParameterizedTest(name = "a ServiceEntry with {0} from {1}: HTTP by Host {2}, every address {3}")
    @CsvSource({"TCP, 2026-01-01, true, true", "MONGO, 2026-01-01, false, true", "MYSQL, 2026-03-01, true, false"})
    void onlyProtocolsInWhichTheServerSpeaksFirstRefuseToShareAPortWithHttp(
            String protocol, String created, boolean http, boolean everyAddress) {
        Compilation compilation = compile(
                service("shop", "web", "10.0.0.9", "http", 8080)
                        .replace("namespace: shop", "namespace: shop, creationTimestamp: '2026-02-01T00:00:00Z'"),
                istio(
                        "ServiceEntry",
                        "name: e, namespace: shop, creationTimestamp: '" + created + "T00:00:00Z'",
                        "{hosts: [e.example], resolution: NONE, ports: [{number: 8080, name: p, protocol: " + protocol
                                + "}]}"));
        List<String> names = Objects.requireNonNull(
                        compilation.snapshot().ports().get(8080))
                .resources()
                .stream()
                .map(Resource::getName)
                .toList();

        assertThat(names.contains("virtual-host/web.shop.svc.cluster.local")).isEqualTo(http);
        assertThat(names.contains("address/0.0.0.0/0")).isEqualTo(everyAddress);
        assertThat(compilation.problems().isEmpty()).isEqualTo(http && everyAddress);
    }
}
