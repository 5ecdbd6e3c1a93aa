package io.signalbox.configservice.compile;

import static io.signalbox.configservice.testkit.Declarations.registry;
import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.signalbox.config.v1.AddressFrontend;
import io.signalbox.config.v1.Backend;
import io.signalbox.config.v1.Endpoint;
import io.signalbox.config.v1.FrontendProtocol;
import io.signalbox.config.v1.HostPattern;
import io.signalbox.config.v1.LoadBalancer;
import io.signalbox.config.v1.Resource;
import io.signalbox.config.v1.VirtualHost;
import io.signalbox.configservice.compile.services.PortProtocol;
import io.signalbox.configservice.registry.IpAddress;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.Transport;
import io.signalbox.configservice.snapshot.PortResources;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The routing rules, case by case. */
class CompilerTest {
    private static Compilation compile(String... yaml) {
        return new Compiler("cluster.local").compile(Compilation.EMPTY, registry(yaml));
    }

    private static PortResources port(Compilation compilation, int port) {
        return Objects.requireNonNull(compilation.snapshot().ports().get(port), "port " + port);
    }

    private static List<AddressFrontend> frontends(Compilation compilation, int port) {
        return port(compilation, port).resources().stream()
                .filter(Resource::hasAddressFrontend)
                .map(Resource::getAddressFrontend)
                .toList();
    }

    private static List<Resource> virtualHostResources(Compilation compilation, int port) {
        return port(compilation, port).resources().stream()
                .filter(Resource::hasVirtualHost)
                .toList();
    }

    private static List<VirtualHost> virtualHosts(Compilation compilation, int port) {
        return virtualHostResources(compilation, port).stream()
                .map(Resource::getVirtualHost)
                .toList();
    }

    private static List<String> hosts(VirtualHost virtualHost) {
        return virtualHost.getHostsList().stream().map(CompilerTest::text).toList();
    }

    private static String text(HostPattern host) {
        String namespace = host.getAudience().getNamespace();
        String scope = host.getAudience().getScope();
        return host.getPattern()
                + (namespace.isEmpty() ? "" : " for " + namespace)
                + (scope.isEmpty() ? "" : " in " + scope);
    }

    private static Backend backend(Compilation compilation, int port) {
        return port(compilation, port).resources().stream()
                .filter(Resource::hasBackend)
                .map(Resource::getBackend)
                .findFirst()
                .orElseThrow();
    }

    private static String text(Endpoint endpoint) {
        return IpAddress.of(endpoint.getAddress().toByteArray()).hostText() + ":" + endpoint.getPort();
    }

    private static List<String> problems(Compilation compilation) {
        return compilation.problems().stream().map(Problem::message).toList();
    }

    @ParameterizedTest(name = "port {2} named \"{0}\" with appProtocol \"{1}\" is {3}")
    @CsvSource({
        "http, '', 80, HTTP",
        "HTTP-web, '', 80, HTTP",
        "http2, '', 80, HTTP2",
        "grpc-api, '', 80, GRPC",
        "grpc-web, '', 80, GRPC_WEB",
        "https, '', 443, HTTPS",
        "tls-x, '', 443, TLS",
        "tcp, '', 80, TCP",
        "mongo, '', 80, MONGO",
        "redis-cache, '', 6379, REDIS",
        "httpfoo, '', 80, DETECT",
        "'', '', 80, DETECT",
        "'', '', 3306, TCP",
        "x, '', 25, TCP",
        "http, '', 3306, HTTP",
        "http, tcp, 80, TCP",
        "http, example.com/custom, 80, DETECT",
        "tcp, kubernetes.io/h2c, 80, HTTP2",
        "tcp, kubernetes.io/ws, 80, HTTP",
        "tcp, kubernetes.io/wss, 80, HTTPS",
        "tcp, grpc-web-text, 80, GRPC_WEB",
        "udp, '', 80, NONE",
    })
    void declaresTheProtocolOfAPort(String name, String appProtocol, int port, PortProtocol expected) {
        assertThat(PortProtocol.of(new Service.Port(name, port, "", 0, Transport.TCP, appProtocol)))
                .isEqualTo(expected);
        assertThat(PortProtocol.of(new Service.Port(name, port, "", 0, Transport.UDP, appProtocol)))
                .isEqualTo(PortProtocol.NONE);
    }

    @ParameterizedTest(name = "annotation \"{0}\" with policy {1} is {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "PEAK_EWMA |                                                   | LOAD_BALANCER_PEAK_EWMA",
                "PEAK_EWMA | connectionPool: {tcp: {maxConnections: 7}}        | LOAD_BALANCER_PEAK_EWMA",
                "PEAK_EWMA | loadBalancer: {warmup: {duration: 30s}}           | LOAD_BALANCER_PEAK_EWMA",
                "PEAK_EWMA | loadBalancer: {simple: LEAST_REQUEST}             | LOAD_BALANCER_LEAST_REQUEST",
                "PEAK_EWMA | loadBalancer: {simple: PASSTHROUGH}               | LOAD_BALANCER_PASSTHROUGH",
                "PEAK_EWMA | loadBalancer: {consistentHash: {useSourceIp: true}} | LOAD_BALANCER_CONSISTENT_HASH",
                "''        | loadBalancer: {simple: UNSPECIFIED}               | LOAD_BALANCER_LEAST_REQUEST",
            })
    void theAnnotationOfARuleNamesTheBalancerWhereThePolicyDoesNot(
            String annotation, @Nullable String policy, LoadBalancer expected) {
        Compilation compilation = compile(service("shop", "s", "10.0.0.1", "http", 80), """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata:
                  {name: s, namespace: shop, annotations: {signalbox.io/load-balancer: "%s", other: x}}
                spec: {host: s%s}
                """.formatted(
                        annotation, policy == null ? "" : ", trafficPolicy: {" + policy + "}"));

        assertThat(backend(compilation, 80).getLoadBalancer()).isEqualTo(expected);
    }

    @Test
    void anHttpPortHasEveryFormOfTheNameAndNoAddressFrontend() {
        Compilation compilation = compile(service("shop", "catalog", "fd00::1", "http", 80));

        assertThat(frontends(compilation, 80)).isEmpty();
        assertThat(hosts(virtualHosts(compilation, 80).getFirst()))
                .containsExactly(
                        "[fd00::1]",
                        "catalog for shop",
                        "catalog.shop",
                        "catalog.shop.svc",
                        "catalog.shop.svc.cluster.local",
                        "catalog.shop.svc.cluster.local.");
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"tcp, FRONTEND_PROTOCOL_TCP", "tls, FRONTEND_PROTOCOL_TLS", "odd, FRONTEND_PROTOCOL_DETECT"})
    void otherPortsAreFoundByAddress(String portName, FrontendProtocol expected) {
        Compilation compilation = compile(service("shop", "s", "10.0.0.1", portName, 80));

        AddressFrontend frontend = frontends(compilation, 80).getFirst();
        assertThat(frontend.getAddress()).isEqualTo(ByteString.copyFrom(new byte[] {10, 0, 0, 1}));
        assertThat(frontend.getPrefixLength()).isEqualTo(32);
        assertThat(frontend.getProtocol()).isEqualTo(expected);
        assertThat(frontend.getVirtualHost())
                .isEqualTo(expected == FrontendProtocol.FRONTEND_PROTOCOL_DETECT ? "s.shop.svc.cluster.local" : "");
    }

    @Test
    void aDetectedServiceHasHostNamesOnlyWhereThePortHasHttp() {
        String detected = service("shop", "odd", "10.0.0.1", "odd", 80);

        assertThat(hosts(virtualHosts(compile(detected), 80).getFirst())).isEmpty();
        assertThat(virtualHosts(compile(detected, service("shop", "web", "10.0.0.2", "http", 80)), 80))
                .allSatisfy(virtualHost -> assertThat(hosts(virtualHost)).hasSize(6));
    }

    @Test
    void theOlderServiceKeepsAnAddressThatTwoClaim() {
        String young = service("shop", "a", "10.0.0.1", "tcp", 80);
        String old = service("shop", "b", "10.0.0.1", "tcp", 80)
                .replace("namespace: shop", "namespace: shop, creationTimestamp: '2026-01-01T00:00:00Z'");
        Compilation compilation = compile(young, old);

        assertThat(frontends(compilation, 80))
                .singleElement()
                .satisfies(frontend -> assertThat(frontend.getService()).isEqualTo("b.shop.svc.cluster.local"));
        assertThat(problems(compilation))
                .singleElement()
                .asString()
                .startsWith("10.0.0.1:80 belongs to the older service shop/b; not matched for this one");
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

        assertThat(backend(compilation, 80).getEndpointsList())
                .map(CompilerTest::text)
                .containsExactly("10.1.0.2:8080", "10.1.0.7:8080", "10.1.0.9:8080", "[fd00::2]:8080");
    }

    @Test
    void endpointsThatAreNotReadyCountWhereTheServicePublishesThem() {
        Compilation compilation = compile(
                service("shop", "s", "10.0.0.1", "http", 80)
                        .replace("spec:", "spec:\n  publishNotReadyAddresses: true"),
                slice("shop", "s", "http", 8080, "10.1.0.5")
                        .replace("addresses: ['10.1.0.5']", "addresses: ['10.1.0.5'], conditions: {ready: false}"));

        assertThat(backend(compilation, 80).getEndpointsList()).hasSize(1);
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

        assertThat(virtualHostResources(second, 80).getFirst())
                .isSameAs(virtualHostResources(first, 80).getFirst());
        assertThat(backend(second, 80)).isNotEqualTo(backend(first, 80));
    }

    @ParameterizedTest(name = "port {0}, policy {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "http | {loadBalancer: {simple: RANDOM}}                           | 200000 3",
                "http | {retryBudget: {percent: 5, minRetryConcurrency: 7}}        | 50000 7",
                "http | {connectionPool: {http: {maxRetries: 4}}}                  | none",
                "tcp  | {loadBalancer: {simple: RANDOM}}                           | none"
            })
    void retriesHaveABudgetUnlessARuleLimitsThem(String portName, String policy, String expected) {
        Compilation compilation = compile(service("shop", "s", "10.0.0.1", portName, 80), """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: s, namespace: shop}
                spec: {host: s, trafficPolicy: %s}
                """.formatted(policy));

        Backend backend = backend(compilation, 80);
        assertThat(
                        backend.hasRetryBudget()
                                ? backend.getRetryBudget().getPerMillion() + " "
                                        + backend.getRetryBudget().getMinimum()
                                : "none")
                .isEqualTo(expected);
    }
}
