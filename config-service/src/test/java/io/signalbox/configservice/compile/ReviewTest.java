package io.signalbox.configservice.compile;

import static io.signalbox.configservice.testkit.Declarations.registry;
import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.registry.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the compiler tells an operator. */
class ReviewTest {
    private static List<String> problems(String... yaml) {
        List<String> all = new ArrayList<>(List.of(
                service("shop", "catalog", "10.0.0.1", "http", 80),
                slice("shop", "catalog", "http", 8080, "10.1.0.1", "10.1.0.2")));
        all.addAll(Arrays.asList(yaml));
        return new Compiler("cluster.local")
                .compile(Compilation.EMPTY, registry(all.toArray(String[]::new))).problems().stream()
                        .filter(problem -> problem.severity() == Problem.Severity.WARNING)
                        .map(problem -> problem.object().name() + " " + problem.path() + ": " + problem.message())
                        .toList();
    }

    private static String istio(String kind, String name, String spec) {
        return """
                apiVersion: networking.istio.io/v1
                kind: %s
                metadata: {name: %s, namespace: shop}
                spec: %s
                """.formatted(kind, name, spec);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "VirtualService | {hosts: [catalog], http: [{route: [{destination: {host: nobody}}]}]} | r spec.http[0].route[0].destination.host: nobody.shop.svc.cluster.local is no known service",
                "VirtualService | {hosts: [catalog], http: [{route: [{destination: {host: catalog.shop}}]}]} | Write catalog.shop.svc.cluster.local",
                "VirtualService | {hosts: [catalog], http: [{route: [{destination: {host: catalog, port: {number: 81}}}]}]} | r spec.http[0].route[0].destination.port.number: catalog.shop.svc.cluster.local has no port 81",
                "VirtualService | {hosts: [catalog], http: [{route: [{destination: {host: catalog, subset: v1}}]}]} | r spec.http[0].route[0].destination.subset: no DestinationRule that counts here",
                "VirtualService | {hosts: [nobody], http: [{route: [{destination: {host: catalog}}]}]} | r spec.hosts[0]: nobody.shop.svc.cluster.local is no known service",
                "VirtualService | {hosts: [catalog.shop], http: [{route: [{destination: {host: catalog}}]}]} | a name with a dot is not completed",
                "VirtualService | {hosts: [catalog], http: [{delegate: {name: none}}]} | r spec.http[0].delegate: there is no VirtualService shop/none",
                "VirtualService | {http: [{route: [{destination: {host: catalog}}]}]} | no VirtualService delegates to it",
                "DestinationRule | {host: nobody} | r spec.host: nobody.shop.svc.cluster.local is no known service; the rule does nothing",
                "DestinationRule | {host: catalog, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}} | ISTIO_MUTUAL needs workload certificates",
                "DestinationRule | {host: catalog, trafficPolicy: {outlierDetection: {}}} | 10 percent of the 2 endpoints of catalog.shop.svc.cluster.local:80 is less than one",
                "DestinationRule | {host: catalog, trafficPolicy: {portLevelSettings: [{port: {number: 81}, loadBalancer: {simple: RANDOM}}]}} | the service has no port 81",
            })
    void warnsOfARuleThatDoesNotDoWhatItSays(String kind, String spec, String expected) {
        assertThat(problems(istio(kind, "r", spec)))
                .anySatisfy(problem -> assertThat(problem).contains(expected));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{ports: [{name: httpfoo, port: 81}], clusterIP: 10.0.0.9} | httpfoo declares no protocol, so it is told by the first bytes; write http-foo",
                "{ports: [{name: http-grpc, port: 81}], clusterIP: 10.0.0.9} | declares HTTP/1.1, which gRPC does not survive",
                "{ports: [{name: http, port: 81, appProtocol: x.example/y}], clusterIP: 10.0.0.9} | x.example/y is no known protocol",
                "{ports: [{name: tcp, port: 81, targetPort: 82}], clusterIP: None} | clients of a headless service dial 82",
                "{type: ExternalName, externalName: nowhere.example} | nowhere.example is no known service",
            })
    void warnsOfAServiceThatDoesNotDoWhatItSays(String spec, String expected) {
        assertThat(problems(
                        "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: shop}, spec: " + spec + "}"))
                .anySatisfy(problem -> assertThat(problem).contains(expected));
    }

    @Test
    void warnsOfGrpcTowardsAPortOfHttp1() {
        assertThat(problems("""
                        apiVersion: gateway.networking.k8s.io/v1
                        kind: GRPCRoute
                        metadata: {name: g, namespace: shop}
                        spec:
                          parentRefs: [{group: '', kind: Service, name: catalog}]
                          rules: [{backendRefs: [{name: catalog, port: 80}]}]
                        """))
                .anySatisfy(problem ->
                        assertThat(problem).contains("spec.rules[0].backendRefs[0].port: 80 is declared as HTTP/1.1"));
    }

    @Test
    void tellsTheLoserOfAConflict() {
        String rule = istio(
                "VirtualService", "NAME", "{hosts: [catalog], http: [{route: [{destination: {host: catalog}}]}]}");

        assertThat(problems(rule.replace("NAME", "a"), rule.replace("NAME", "b")))
                .singleElement()
                .asString()
                .startsWith("b spec.hosts[0]: catalog.shop.svc.cluster.local has the rules of VirtualService shop/a");
        assertThat(
                        problems(
                                istio(
                                        "ServiceEntry",
                                        "e",
                                        "{hosts: [catalog.shop.svc.cluster.local], resolution: NONE, ports: [{number: 80, name: http, protocol: HTTP}]}")))
                .singleElement()
                .asString()
                .startsWith("e spec.hosts: catalog.shop.svc.cluster.local is declared by Service shop/catalog too");
    }

    @Test
    void hasNothingToSayOfWhatIsFine() {
        assertThat(problems(
                        istio("DestinationRule", "d", "{host: catalog, subsets: [{name: v1, labels: {version: v1}}]}"),
                        istio(
                                "VirtualService",
                                "v",
                                "{hosts: [catalog], http: [{route: [{destination: {host: catalog, subset: v1}}]}]}")))
                .isEmpty();
    }
}
