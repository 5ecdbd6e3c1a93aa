package io.signalbox.configservice.validate;

import static io.signalbox.configservice.testkit.Declarations.object;
import static io.signalbox.configservice.testkit.Declarations.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.registry.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidatorTest {
    private static final String SERVICE = """
            {apiVersion: v1, kind: Service, metadata: {name: s, namespace: shop}, spec: SPEC}
            """;
    private static final String SLICE = """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: s-a1, namespace: shop, labels: {kubernetes.io/service-name: s}}
            """;

    private static List<String> refusals(String yaml) {
        return switch (new Validator().validate(object(yaml))) {
            case Validated.Accepted _ -> List.of();
            case Validated.Refused refused ->
                refused.problems().stream().map(Problem::path).toList();
        };
    }

    @ParameterizedTest(name = "{0} is refused at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{clusterIP: 10.0.0.1, ports: []}                                    | spec.ports",
                "{ports: [{port: 0}]}                                                | spec.ports[0].port",
                "{ports: [{port: 65536}]}                                            | spec.ports[0].port",
                "{ports: [{port: 80, name: a}, {port: 81}]}                          | spec.ports[1].name",
                "{ports: [{port: 80, name: a}, {port: 81, name: a}]}                 | spec.ports[1].name",
                "{ports: [{port: 80, name: a}, {port: 80, name: b}]}                 | spec.ports[1].port",
                "{type: ExternalName}                                                | spec.externalName",
                "{type: NodePort, ports: [{port: 80, nodePort: 99999}]}              | spec.ports[0].nodePort",
            })
    void refusesAServiceAtItsPath(String spec, String path) {
        assertThat(refusals(SERVICE.replace("SPEC", spec))).containsExactly(path);
    }

    @ParameterizedTest(name = "{0} is refused at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "addressType: IPv6\\nendpoints: [{addresses: [10.0.0.1]}]   | endpoints[0].addresses[0]",
                "addressType: IPv4\\nendpoints: [{addresses: []}]           | endpoints[0].addresses",
                "addressType: IPv4\\nports: [{port: 70000}]                 | ports[0].port",
            })
    void refusesASliceAtItsPath(String fields, String path) {
        assertThat(refusals(SLICE + fields.replace("\\n", "\n"))).containsExactly(path);
    }

    @Test
    void reportsEverythingThatIsWrongAtOnce() {
        assertThat(refusals(SERVICE.replace("name: s,", "name: S_s,").replace("SPEC", "{ports: [{port: 0}]}")))
                .containsExactly("metadata.name", "spec.ports[0].port");
    }

    @Test
    void acceptsUdpPortsWithAWarning() {
        Validated validated = new Validator()
                .validate(object(
                        SERVICE.replace("SPEC", "{ports: [{port: 53, name: a}, {port: 53, name: b, protocol: UDP}]}")));

        assertThat(validated)
                .isInstanceOfSatisfying(
                        Validated.Accepted.class,
                        accepted -> assertThat(accepted.warnings())
                                .map(Problem::path)
                                .containsExactly("spec.ports[1].protocol"));
    }

    @Test
    void acceptsASoundService() {
        assertThat(refusals(service("shop", "catalog", "10.0.0.1", "http", 80))).isEmpty();
    }
}
