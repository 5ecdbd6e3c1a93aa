package io.signalbox.configservice.pipeline;

import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.source.SourceChange;
import io.signalbox.configservice.source.manifest.ManifestReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is refused costs only itself. */
class RefusalsTest {
    private static final int GOOD_SERVICES = 250;
    private static final String ISTIO = "networking.istio.io/v1";
    private static final String GATEWAY = "gateway.networking.k8s.io/v1";
    private static final List<String> BAD = List.of(
            object(ISTIO, "VirtualService", "bad-0", "spec: {hosts: ['*'], http: [{redirect: {uri: /}}]}"),
            object(ISTIO, "VirtualService", "bad-1", "spec: {hosts: [a], http: [{rote: []}]}"),
            object(ISTIO, "DestinationRule", "bad-2", "spec: {host: a, subsets: [{name: b}, {name: b}]}"),
            object(ISTIO, "ServiceEntry", "bad-3", "spec: {hosts: ['*']}"),
            object(ISTIO, "WorkloadEntry", "bad-4", "spec: {address: 'unix://dir/'}"),
            object(ISTIO, "Sidecar", "bad-5", "spec: {egress: [{hosts: [a]}]}"),
            object("v1", "Service", "bad-6", "spec: {ports: [{port: 0}]}"),
            object("discovery.k8s.io/v1", "EndpointSlice", "bad-7", "endpoints: [{addresses: [x]}]"),
            object(GATEWAY, "HTTPRoute", "bad-8", "spec: {rules: [{matches: [{path: {value: nowhere}}]}]}"),
            object(GATEWAY, "GRPCRoute", "bad-9", "spec: {rules: [{timeout: 1s}]}"));

    private static String object(String apiVersion, String kind, String name, String body) {
        return """
                apiVersion: %s
                kind: %s
                metadata: {name: %s, namespace: shop}
                %s
                """.formatted(apiVersion, kind, name, body);
    }

    @Test
    void tenBadObjectsAmongAThousandAreTenProblemsAndAThousandInForce() {
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < GOOD_SERVICES; i++) {
            if (i % (GOOD_SERVICES / BAD.size()) == 0) {
                documents.add(BAD.get(i / (GOOD_SERVICES / BAD.size())));
            }
            String name = "s" + i;
            documents.add(service("shop", name, "10.0." + i + ".1", "http", 80));
            documents.add(slice("shop", name, "http", 8080, "10.1." + i + ".1"));
            documents.add(object(
                    ISTIO,
                    "VirtualService",
                    name,
                    "spec: {hosts: [NAME], http: [{route: [{destination: {host: NAME}}]}]}".replace("NAME", name)));
            documents.add(object(
                    ISTIO,
                    "DestinationRule",
                    name,
                    "spec: {host: NAME, trafficPolicy: {loadBalancer: {simple: RANDOM}}}".replace("NAME", name)));
        }
        var unit = new ManifestReader(1 << 20).read("all.yaml", String.join("---\n", documents));

        Admission.Result result =
                new Admission(Admission.MAX_OBJECTS).admit(new SourceChange(List.of(unit), List.of(), List.of()));

        assertThat(result.changed()).hasSize(4 * GOOD_SERVICES);
        List<Problem> errors = result.problems().stream()
                .filter(problem -> problem.severity() == Problem.Severity.ERROR)
                .toList();
        assertThat(errors)
                .map(problem -> problem.object().name() + " " + problem.path())
                .containsExactlyInAnyOrder(
                        "bad-0 spec.hosts[0]",
                        "bad-1 spec.http[0].rote",
                        "bad-2 spec.subsets[1].name",
                        "bad-3 spec.hosts[0]",
                        "bad-4 spec.address",
                        "bad-5 spec.egress[0].hosts[0]",
                        "bad-6 spec.ports[0].port",
                        "bad-7 endpoints[0].addresses[0]",
                        "bad-8 spec.rules[0].matches[0].path.value",
                        "bad-9 spec.rules[0].timeout");
        assertThat(errors).allSatisfy(problem -> {
            assertThat(problem.provenance().unit()).isEqualTo("all.yaml");
            assertThat(problem.message()).containsAnyOf("expected", "did you mean");
        });
    }
}
