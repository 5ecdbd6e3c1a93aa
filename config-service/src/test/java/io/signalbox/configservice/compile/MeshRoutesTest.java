package io.signalbox.configservice.compile;

import static io.signalbox.configservice.testkit.Declarations.registry;
import static io.signalbox.configservice.testkit.Declarations.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.config.v1.AddressFrontend;
import io.signalbox.config.v1.Resource;
import io.signalbox.config.v1.Route;
import io.signalbox.config.v1.VirtualHost;
import io.signalbox.configservice.compile.gateway.RouteStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Routes of the Gateway API at Services. */
class MeshRoutesTest {
    private static Compilation compile(String... routes) {
        List<String> yaml = new ArrayList<>(List.of(
                service("shop", "catalog", "10.0.0.1", "http", 80),
                service("shop", "queue", "10.0.0.2", "tcp", 5672),
                service("other", "far", "10.0.0.3", "http", 80)));
        yaml.addAll(Arrays.asList(routes));
        return new Compiler("cluster.local").compile(Compilation.EMPTY, registry(yaml.toArray(String[]::new)));
    }

    private static String http(String namespace, String name, String rules) {
        return """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: %s, namespace: %s}
                spec:
                  parentRefs: [{group: '', kind: Service, name: catalog, namespace: shop}]
                  rules: %s
                """.formatted(name, namespace, rules);
    }

    private static List<VirtualHost> virtualHosts(Compilation compilation) {
        return Objects.requireNonNull(compilation.snapshot().ports().get(80)).resources().stream()
                .filter(Resource::hasVirtualHost)
                .map(Resource::getVirtualHost)
                .toList();
    }

    private static VirtualHost catalog(Compilation compilation, String suffix) {
        return virtualHosts(compilation).stream()
                .filter(host -> host.getName().equals("catalog.shop.svc.cluster.local" + suffix))
                .findFirst()
                .orElseThrow();
    }

    private static RouteStatus.Parent status(Compilation compilation) {
        return compilation.routeStatuses().getFirst().parents().getFirst();
    }

    @Test
    void theMoreParticularConditionComesFirstWhateverTheOrder() {
        Compilation compilation = compile(http("shop", "r", """
                [{name: any, backendRefs: [{name: catalog, port: 80}]},
                 {name: short, matches: [{path: {value: /a}}], backendRefs: [{name: catalog, port: 80}]},
                 {name: regex, matches: [{path: {type: RegularExpression, value: /a.*}}], backendRefs: [{name: catalog, port: 80}]},
                 {name: header, matches: [{path: {value: /a}, headers: [{name: X-A, value: b}]}], backendRefs: [{name: catalog, port: 80}]},
                 {name: method, matches: [{path: {value: /a}, method: GET}], backendRefs: [{name: catalog, port: 80}]},
                 {name: long, matches: [{path: {value: /a/b/}}], backendRefs: [{name: catalog, port: 80}]},
                 {name: exact, matches: [{path: {type: Exact, value: /a}}], backendRefs: [{name: catalog, port: 80}]}]"""));

        assertThat(catalog(compilation, "").getRoutesList())
                .map(route -> route.getRule().getRoute())
                .containsExactly("exact", "long", "method", "header", "short", "any", "regex");
        assertThat(catalog(compilation, "").getRoutes(1).getMatches(0).getPath().getSegmentPrefix())
                .isEqualTo("/a/b");
    }

    @Test
    void aRouteOfTheServicesNamespaceIsForEveryoneAndOneOfAnotherForItsOwnCallers() {
        Compilation compilation = compile(
                http("shop", "producer", "[{name: producer, backendRefs: [{name: catalog, port: 80}]}]"),
                http("other", "consumer", "[{name: consumer, backendRefs: [{name: far, port: 80}]}]"));

        assertThat(catalog(compilation, "").getRoutes(0).getRule().getName()).isEqualTo("producer");
        VirtualHost forOther = catalog(compilation, "@other");
        assertThat(forOther.getRoutes(0).getRule().getName()).isEqualTo("consumer");
        assertThat(forOther.getHostsList())
                .isNotEmpty()
                .allMatch(host -> host.getAudience().getNamespace().equals("other"));
    }

    @ParameterizedTest(name = "{0}: accepted {1}, {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{kind: Service, group: '', name: catalog} | true | Accepted",
                "{kind: Service, group: '', name: catalog, port: 80} | true | Accepted",
                "{kind: Service, group: '', name: catalog, port: 81} | false | NoMatchingParent",
                "{kind: Service, group: '', name: nobody} | false | NoMatchingParent",
                "{kind: Service, group: '', name: queue} | false | NoMatchingParent",
            })
    void saysWhetherTheRouteCountsAtItsParent(String parent, boolean accepted, String reason) {
        RouteStatus.Parent status = status(compile("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r, namespace: shop}
                spec: {parentRefs: [%s], rules: [{backendRefs: [{name: catalog, port: 80}]}]}
                """.formatted(parent)));

        assertThat(status.accepted().holds()).isEqualTo(accepted);
        assertThat(status.accepted().reason()).isEqualTo(reason);
    }

    private static final String GRANT = """
            apiVersion: gateway.networking.k8s.io/v1beta1
            kind: ReferenceGrant
            metadata: {name: g, namespace: other}
            spec:
              from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}]
              to: [{group: '', kind: Service}]
            """;

    @ParameterizedTest(name = "{0}: resolved {1}, {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{name: catalog, port: 80} | true | ResolvedRefs",
                "{name: catalog, port: 81} | false | BackendNotFound",
                "{name: nobody, port: 80} | false | BackendNotFound",
                "{kind: Thing, name: catalog, port: 80} | false | InvalidKind",
                "{name: far, namespace: other, port: 80} | false | RefNotPermitted",
            })
    void saysWhetherABackendMayBeNamedAndFailsRequestsWithoutAny(String backend, boolean resolved, String reason) {
        Compilation compilation = compile(http("shop", "r", "[{backendRefs: [" + backend + "]}]"));
        Route route = catalog(compilation, "").getRoutes(0);

        assertThat(status(compilation).resolvedRefs().holds()).isEqualTo(resolved);
        assertThat(status(compilation).resolvedRefs().reason()).isEqualTo(reason);
        assertThat(route.getDirectResponse().getStatus()).isEqualTo(resolved ? 0 : 500);
    }

    @Test
    void aGrantLetsARouteNameAServiceOfAnotherNamespace() {
        Compilation compilation =
                compile(http("shop", "r", "[{backendRefs: [{name: far, namespace: other, port: 80}]}]"), GRANT);

        assertThat(status(compilation).resolvedRefs().holds()).isTrue();
        assertThat(catalog(compilation, "")
                        .getRoutes(0)
                        .getForward()
                        .getBackends(0)
                        .getBackend())
                .isEqualTo("far.other.svc.cluster.local:80");
    }

    @Test
    void onlyTheMostParticularKindOfRouteCountsAtAPort() {
        Compilation compilation = compile(http("shop", "a", "[{backendRefs: [{name: catalog, port: 80}]}]"), """
                        apiVersion: gateway.networking.k8s.io/v1
                        kind: GRPCRoute
                        metadata: {name: z, namespace: shop}
                        spec:
                          parentRefs: [{group: '', kind: Service, name: catalog}]
                          rules:
                          - matches: [{method: {service: shop.Catalog, method: Get}}, {method: {service: shop.Cart}}]
                            backendRefs: [{name: catalog, port: 80}]
                        """);

        assertThat(status(compilation).accepted().reason()).isEqualTo("Conflicted");
        assertThat(catalog(compilation, "").getRoutesList())
                .map(route -> route.getMatches(0).getPath())
                .map(path -> path.getExact() + path.getPrefix())
                .containsExactly("/shop.Catalog/Get", "/shop.Cart/");
    }

    @Test
    void aTcpRouteChangesWhereConnectionsGo() {
        Compilation compilation = compile("""
                apiVersion: gateway.networking.k8s.io/v1alpha2
                kind: TCPRoute
                metadata: {name: t, namespace: shop}
                spec:
                  parentRefs: [{group: '', kind: Service, name: queue}]
                  rules: [{backendRefs: [{name: catalog, port: 80, weight: 3}, {name: queue, port: 5672}]}]
                """);
        AddressFrontend frontend = Objects.requireNonNull(
                        compilation.snapshot().ports().get(5672))
                .resources()
                .stream()
                .filter(Resource::hasAddressFrontend)
                .map(Resource::getAddressFrontend)
                .findFirst()
                .orElseThrow();

        assertThat(frontend.getRoutesList()).singleElement().satisfies(route -> {
            assertThat(route.getRule().getKind()).isEqualTo("TCPRoute");
            assertThat(route.getBackendsList())
                    .map(backend -> backend.getWeight())
                    .containsExactly(3, 1);
        });
    }

    @Test
    void filtersBecomePoliciesOfTheRoute() {
        Compilation compilation = compile(http("shop", "r", """
                [{matches: [{path: {value: /old}}],
                  filters: [{type: URLRewrite, urlRewrite: {hostname: new.example, path: {type: ReplacePrefixMatch, replacePrefixMatch: /new}}},
                            {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X-A, value: b}], remove: [x-c]}}],
                  timeouts: {request: 2s, backendRequest: 1s},
                  backendRefs: [{name: catalog, port: 80}]},
                 {matches: [{path: {value: /moved}}],
                  filters: [{type: RequestRedirect, requestRedirect: {scheme: https, statusCode: 301}}]},
                 {matches: [{path: {value: /odd}}],
                  filters: [{type: ExtensionRef, extensionRef: {group: x.example, kind: X, name: x}}],
                  backendRefs: [{name: catalog, port: 80}]}]"""));
        List<Route> routes = catalog(compilation, "").getRoutesList();

        assertThat(routes)
                .map(route -> route.getMatches(0).getPath().getSegmentPrefix())
                .containsExactly("/moved", "/old", "/odd");
        assertThat(routes.get(0).getRedirect().getPort()).isEqualTo(443);
        assertThat(routes.get(1).getForward().getRewrite().getAuthority()).isEqualTo("new.example");
        assertThat(routes.get(1).getForward().getRewrite().getPrefix()).isEqualTo("/new");
        assertThat(routes.get(1).getForward().getTimeoutMillis()).isEqualTo(2000);
        assertThat(routes.get(1).getForward().getRetry().getPerTryTimeoutMillis())
                .isEqualTo(1000);
        assertThat(routes.get(1).getRequestHeaders().getSet(0).getName()).isEqualTo("x-a");
        assertThat(routes.get(2).getDirectResponse().getStatus()).isEqualTo(500);
    }
}
