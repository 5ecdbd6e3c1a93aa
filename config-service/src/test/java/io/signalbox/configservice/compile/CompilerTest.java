package io.signalbox.configservice.compile;

import static io.signalbox.configservice.testkit.Declarations.registry;
import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.Transport;
import io.signalbox.configservice.snapshot.AddressFrontend;
import io.signalbox.configservice.snapshot.Backend;
import io.signalbox.configservice.snapshot.Endpoint;
import io.signalbox.configservice.snapshot.FrontendProtocol;
import io.signalbox.configservice.snapshot.HostPattern;
import io.signalbox.configservice.snapshot.LoadBalancer;
import io.signalbox.configservice.snapshot.PortSnapshot;
import io.signalbox.configservice.snapshot.Resource;
import io.signalbox.configservice.snapshot.VirtualHost;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The routing rules, case by case. */
class CompilerTest {
    private static Compilation compile(String... yaml) {
        return new Compiler("cluster.local").compile(Compilation.EMPTY, registry(yaml));
    }

    private static PortSnapshot port(Compilation compilation, int port) {
        return Objects.requireNonNull(compilation.snapshot().ports().get(port), "port " + port);
    }

    private static <T extends Resource> List<T> all(Class<T> type, Compilation compilation, int port) {
        return port(compilation, port).resources().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private static Backend backend(Compilation compilation, int port) {
        return all(Backend.class, compilation, port).getFirst();
    }

    private static List<String> problems(Compilation compilation) {
        return compilation.problems().stream().map(Problem::message).toList();
    }

    @ParameterizedTest(name = "port {2} named \"{0}\" with appProtocol \"{1}\" is {3}")
    @CsvSource({
        "http, '', 80, HTTP",
        "HTTP-web, '', 80, HTTP",
        "http2, '', 80, HTTP",
        "grpc-api, '', 80, HTTP",
        "grpc-web, '', 80, HTTP",
        "https, '', 443, TLS",
        "tls-x, '', 443, TLS",
        "tcp, '', 80, TCP",
        "mongo, '', 80, TCP",
        "redis-cache, '', 6379, TCP",
        "httpfoo, '', 80, DETECT",
        "'', '', 80, DETECT",
        "'', '', 3306, TCP",
        "x, '', 25, TCP",
        "http, '', 3306, HTTP",
        "http, tcp, 80, TCP",
        "http, example.com/custom, 80, DETECT",
        "tcp, kubernetes.io/h2c, 80, HTTP",
        "tcp, kubernetes.io/ws, 80, HTTP",
        "tcp, kubernetes.io/wss, 80, TLS",
        "tcp, grpc-web-text, 80, HTTP",
        "udp, '', 80, NONE",
    })
    void declaresTheProtocolOfAPort(String name, String appProtocol, int port, PortProtocol expected) {
        assertThat(PortProtocol.of(new Service.Port(name, port, "", 0, Transport.TCP, appProtocol)))
                .isEqualTo(expected);
        assertThat(PortProtocol.of(new Service.Port(name, port, "", 0, Transport.UDP, appProtocol)))
                .isEqualTo(PortProtocol.NONE);
    }

    @Test
    void anHttpPortHasEveryFormOfTheNameAndNoAddressFrontend() {
        Compilation compilation = compile(service("shop", "catalog", "fd00::1", "http", 80));

        assertThat(all(AddressFrontend.class, compilation, 80)).isEmpty();
        assertThat(all(VirtualHost.class, compilation, 80).getFirst().hosts())
                .containsExactly(
                        new HostPattern("[fd00::1]", ""),
                        new HostPattern("catalog", "shop"),
                        new HostPattern("catalog.shop", ""),
                        new HostPattern("catalog.shop.svc", ""),
                        new HostPattern("catalog.shop.svc.cluster.local", ""),
                        new HostPattern("catalog.shop.svc.cluster.local.", ""));
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"tcp, TCP", "tls, TLS", "odd, DETECT"})
    void otherPortsAreFoundByAddress(String portName, FrontendProtocol expected) {
        Compilation compilation = compile(service("shop", "s", "10.0.0.1", portName, 80));

        AddressFrontend frontend = all(AddressFrontend.class, compilation, 80).getFirst();
        assertThat(frontend.resourceName()).isEqualTo("address/10.0.0.1/32");
        assertThat(frontend.protocol()).isEqualTo(expected);
        assertThat(frontend.virtualHost())
                .isEqualTo(expected == FrontendProtocol.DETECT ? "s.shop.svc.cluster.local" : "");
    }

    @Test
    void aDetectedServiceHasHostNamesOnlyWhereThePortHasHttp() {
        String detected = service("shop", "odd", "10.0.0.1", "odd", 80);

        assertThat(all(VirtualHost.class, compile(detected), 80).getFirst().hosts())
                .isEmpty();
        assertThat(all(VirtualHost.class, compile(detected, service("shop", "web", "10.0.0.2", "http", 80)), 80))
                .allSatisfy(virtualHost -> assertThat(virtualHost.hosts()).hasSize(6));
    }

    @Test
    void theOlderServiceKeepsAnAddressThatTwoClaim() {
        String young = service("shop", "a", "10.0.0.1", "tcp", 80);
        String old = service("shop", "b", "10.0.0.1", "tcp", 80)
                .replace("namespace: shop", "namespace: shop, creationTimestamp: '2026-01-01T00:00:00Z'");
        Compilation compilation = compile(young, old);

        assertThat(all(AddressFrontend.class, compilation, 80))
                .singleElement()
                .satisfies(frontend -> assertThat(frontend.service()).isEqualTo("b.shop.svc.cluster.local"));
        assertThat(problems(compilation))
                .containsExactly("10.0.0.1:80 belongs to the older service shop/b; not matched for this one");
    }

    @Test
    void aShortFormYieldsToAServiceWhoseFullNameItIs() {
        HostPattern pattern = new HostPattern("tax.shop", "");
        HostNames names = new HostNames("cluster.local");
        names.claim("tax.shop.svc.cluster.local", pattern, false);
        names.claim("tax.shop", pattern, true);
        names.claim("late.example", pattern, true);

        assertThat(names.owned("tax.shop")).containsExactly(pattern);
        assertThat(names.owned("tax.shop.svc.cluster.local")).isEmpty();
        assertThat(names.losses())
                .containsOnlyKeys("tax.shop.svc.cluster.local", "late.example")
                .hasEntrySatisfying(
                        "late.example", message -> assertThat(message).contains("tax.shop means tax.shop"));
    }

    @Test
    void headlessAndExternalNameServicesAreReportedAndMakeNoFrontends() {
        Compilation compilation = compile(
                service("shop", "h", "None", "tcp", 80),
                "{apiVersion: v1, kind: Service, metadata: {name: e, namespace: shop}, "
                        + "spec: {type: ExternalName, externalName: example.com}}");

        assertThat(compilation.snapshot().ports()).isEmpty();
        assertThat(compilation.problems()).hasSize(2).allMatch(problem -> problem.severity() == Problem.Severity.INFO);
    }

    @Test
    void endpointsAreTheReadyOnesOfAllSlicesByPortNameOrderedAndOnce() {
        Compilation compilation = compile(
                service("shop", "s", "10.0.0.1", "http", 80),
                slice("shop", "s", "http", 8080, "10.1.0.9", "10.1.0.2"),
                slice("shop", "s", "http", 8080, "10.1.0.2").replace("s-a1", "s-a2"),
                slice("shop", "s", "other", 9090, "10.1.0.3").replace("s-a1", "s-a3"),
                slice("shop", "s", "http", 8080, "fd00::2").replace("s-a1", "s-a4"),
                slice("elsewhere", "s", "http", 8080, "10.1.0.4"),
                """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: s-a5, namespace: shop, labels: {kubernetes.io/service-name: s}}
                addressType: IPv4
                ports: [{name: http, port: 8080}]
                endpoints:
                - {addresses: [10.1.0.5], conditions: {ready: false}}
                - {addresses: [10.1.0.6], conditions: {ready: true, terminating: true}}
                - {addresses: [10.1.0.7], conditions: {}}
                """);

        assertThat(backend(compilation, 80).endpoints())
                .map(Endpoint::toString)
                .containsExactly("10.1.0.2:8080", "10.1.0.7:8080", "10.1.0.9:8080", "[fd00::2]:8080");
    }

    @Test
    void endpointsThatAreNotReadyCountWhereTheServicePublishesThem() {
        Compilation compilation = compile(
                service("shop", "s", "10.0.0.1", "http", 80)
                        .replace("spec:", "spec:\n  publishNotReadyAddresses: true"),
                slice("shop", "s", "http", 8080, "10.1.0.5")
                        .replace("addresses: ['10.1.0.5']", "addresses: ['10.1.0.5'], conditions: {ready: false}"));

        assertThat(backend(compilation, 80).endpoints()).hasSize(1);
    }

    private static String rule(String namespace, String name, String host, String simple) {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %s, namespace: %s}
                spec: {host: '%s', trafficPolicy: {loadBalancer: {simple: %s}}}
                """.formatted(name, namespace, host, simple);
    }

    @ParameterizedTest(name = "a rule in {0} for {1} gives {2}")
    @CsvSource({
        "shop, catalog, ROUND_ROBIN",
        "shop, catalog.shop.svc.cluster.local, ROUND_ROBIN",
        "shop, '*.shop.svc.cluster.local', ROUND_ROBIN",
        "shop, catalog.shop, LEAST_REQUEST",
        "istio-system, catalog.shop.svc.cluster.local, ROUND_ROBIN",
        "istio-system, catalog, LEAST_REQUEST",
        "other, catalog.shop.svc.cluster.local, LEAST_REQUEST",
    })
    void findsTheRuleOfAService(String namespace, String host, LoadBalancer expected) {
        Compilation compilation =
                compile(service("shop", "catalog", "10.0.0.1", "http", 80), rule(namespace, "r", host, "ROUND_ROBIN"));

        assertThat(backend(compilation, 80).loadBalancer()).isEqualTo(expected);
        assertThat(compilation.problems()).hasSize(expected == LoadBalancer.ROUND_ROBIN ? 0 : 1);
    }

    @Test
    void anExactHostComesBeforeAWildcardAndTheServicesNamespaceBeforeTheRoot() {
        Compilation compilation = compile(
                service("shop", "catalog", "10.0.0.1", "http", 80),
                rule("shop", "wide", "*.shop.svc.cluster.local", "ROUND_ROBIN"),
                rule("shop", "exact", "catalog", "RANDOM"),
                rule("istio-system", "root", "catalog.shop.svc.cluster.local", "ROUND_ROBIN"));

        assertThat(backend(compilation, 80).loadBalancer()).isEqualTo(LoadBalancer.RANDOM);
        assertThat(problems(compilation))
                .hasSize(2)
                .allMatch("another rule for the same host comes first; this one does nothing"::equals);
    }

    @Test
    void anEqualRegistryGivesTheSameObjects() {
        String[] yaml = {
            service("shop", "s", "10.0.0.1", "http", 80), slice("shop", "s", "http", 8080, "10.1.0.1"),
        };
        Compilation first = compile(yaml);
        Compilation second = new Compiler("cluster.local").compile(first, registry(yaml));

        assertThat(port(second, 80)).isSameAs(port(first, 80));
    }

    @Test
    void anEndpointChangeKeepsTheVirtualHostTheSameObject() {
        Compilation first =
                compile(service("shop", "s", "10.0.0.1", "http", 80), slice("shop", "s", "http", 8080, "10.1.0.1"));
        Compilation second = new Compiler("cluster.local")
                .compile(
                        first,
                        registry(
                                service("shop", "s", "10.0.0.1", "http", 80),
                                slice("shop", "s", "http", 8080, "10.1.0.2")));

        assertThat(all(VirtualHost.class, second, 80).getFirst())
                .isSameAs(all(VirtualHost.class, first, 80).getFirst());
        assertThat(backend(second, 80)).isNotEqualTo(backend(first, 80));
    }
}
