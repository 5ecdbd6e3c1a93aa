package io.signalbox.configservice.source.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.signalbox.configservice.registry.Capture;
import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.Locality;
import io.signalbox.configservice.registry.Namespace;
import io.signalbox.configservice.registry.Node;
import io.signalbox.configservice.registry.Pod;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.StringMatch;
import io.signalbox.configservice.registry.VirtualService;
import io.signalbox.configservice.testkit.Declarations;
import io.signalbox.configservice.testkit.Verdict;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestReaderTest {
    private static VirtualService virtualService(String spec) {
        return (VirtualService) Declarations.object("apiVersion: networking.istio.io/v1\nkind: VirtualService\n"
                + "metadata: {name: it, namespace: shop}\nspec: " + spec + "\n");
    }

    private static List<String> messages(String kind, String spec) {
        return Verdict.ofIstio(kind, spec).problems().stream()
                .filter(problem -> problem.severity() == Problem.Severity.ERROR)
                .map(problem -> problem.path() + ": " + problem.message())
                .toList();
    }

    @ParameterizedTest(name = "{1} of {0} is told {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "VirtualService  | {hosts: [a], http: [{matches: []}]}                 | spec.http[0].matches: unknown field (did you mean match?)",
                "VirtualService  | {hosts: [a], http: [{direct_response: {}}]}         | spec.http[0].direct_response: unknown field (did you mean directResponse?)",
                "VirtualService  | {host: a}                                           | spec.host: unknown field (did you mean hosts?)",
                "DestinationRule | {host: a, trafficpolicy: {}}                        | spec.trafficpolicy: unknown field (did you mean trafficPolicy?)",
                "Sidecar         | {egres: []}                                         | spec.egres: unknown field (did you mean egress?)",
                "ServiceEntry    | {hosts: [a.b], ports: {name: a}}                    | spec.ports: is an object (expected: a list)",
                "ServiceEntry    | {hosts: a.b}                                        | 'spec.hosts: is \"a.b\" (expected: a list)'",
                "ServiceEntry    | {hosts: [7]}                                        | spec.hosts[0]: is 7 (expected: text; quote it)",
                "ServiceEntry    | {hosts: [a.b], ports: [{number: '80', name: a}]}    | 'spec.ports[0].number: is \"80\" (expected: a whole number)'",
                "VirtualService  | {hosts: [a], http: [{timeout: 5}]}                  | spec.http[0].timeout: is 5 (expected: text; quote it)",
                "VirtualService  | {hosts: [a], http: [{timeout: 5 s}]}                | 'spec.http[0].timeout: \"5 s\" (expected: a duration such as 1.5s, 500ms or 1h)'",
            })
    void saysWhatIsWrongAndHowToMendIt(String kind, String spec, String message) {
        assertThat(messages(kind, spec)).contains(message);
    }

    @Test
    void refusesFieldsBesideTheSpec() {
        Verdict verdict = Verdict.of("""
                {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, hosts: [a],
                 spec: {hosts: [a], http: [{route: [{destination: {host: b}}]}]}, status: {anything: 1}}
                """);

        assertThat(verdict.errors()).containsExactly("hosts");
    }

    @ParameterizedTest
    @CsvSource({
        "10s, PT10S",
        "1.5h, PT1H30M",
        "500ms, PT0.5S",
        "1h2m3.5s, PT1H2M3.5S",
        "0.000001s, PT0.000001S",
        "7us, PT0.000007S",
        "0, PT0S",
        "0s, PT0S",
        ".5s, PT0.5S",
        "+1s, PT1S",
        "-1s, PT-1S",
    })
    void readsDurationsAsGoWritesThem(String text, Duration duration) {
        assertThat(Durations.parse(text)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "1d", "1 s", "s1", ".s", "1s1", "one", "1e3s", "9999999999h", "--1s"})
    void readsNothingElseAsADuration(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "v1, Service",
        "v1, Pod",
        "v1, Namespace",
        "v1, Node",
        "discovery.k8s.io/v1, EndpointSlice",
        "networking.istio.io/v1, VirtualService",
        "networking.istio.io/v1beta1, DestinationRule",
        "networking.istio.io/v1alpha3, ServiceEntry",
        "networking.istio.io/v1alpha3, WorkloadEntry",
        "networking.istio.io/v1beta1, Sidecar",
        "gateway.networking.k8s.io/v1, HTTPRoute",
        "gateway.networking.k8s.io/v1beta1, HTTPRoute",
        "gateway.networking.k8s.io/v1, GRPCRoute",
        "gateway.networking.k8s.io/v1alpha2, TCPRoute",
        "gateway.networking.k8s.io/v1alpha3, TLSRoute",
        "gateway.networking.k8s.io/v1beta1, ReferenceGrant",
    })
    void readsTheVersionsOfAKind(String apiVersion, String kind) {
        Verdict verdict = Verdict.of("apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: it}\n");

        assertThat(verdict.problems())
                .noneMatch(problem ->
                        problem.path().equals("kind") || problem.path().equals("apiVersion"));
    }

    @ParameterizedTest
    @CsvSource({"networking.istio.io/v2, VirtualService", "gateway.networking.k8s.io/v9, HTTPRoute"})
    void refusesOtherVersions(String apiVersion, String kind) {
        assertThat(Verdict.of("apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: it}\n")
                        .errors())
                .contains("apiVersion");
    }

    @Test
    void readsConditionsOnTexts() {
        VirtualService service = virtualService("""
                {hosts: [A.Example.com], http: [{match: [{
                  uri: {prefix: /a}, scheme: {}, authority: {suffix: .b},
                  headers: {X-A: {exact: b}, x-any: {}, x-star: {regex: '*'}},
                  queryParams: {Q: {regex: c}}}], route: [{destination: {host: B}}]}]}
                """);

        assertThat(service.hosts()).containsExactly("a.example.com");
        var match = service.http().getFirst().match().getFirst();
        assertThat(match.uri()).isEqualTo(new StringMatch.Prefix("/a"));
        assertThat(match.scheme()).isNull();
        assertThat(match.authority()).isEqualTo(new StringMatch.Regex("(?s).*\\.b"));
        assertThat(match.headers())
                .containsEntry("x-a", new StringMatch.Exact("b"))
                .containsEntry("x-any", new StringMatch.Present())
                .containsEntry("x-star", new StringMatch.Present());
        assertThat(match.queryParams()).containsEntry("Q", new StringMatch.Regex("c"));
        assertThat(service.http().getFirst().route().getFirst().destination().host())
                .isEqualTo("b");
    }

    @Test
    void readsOneMirrorLikeAListOfOne() {
        VirtualService one = virtualService("{hosts: [a], http: [{mirror: {host: m}, mirrorPercentage: {value: 5}}]}");
        VirtualService list =
                virtualService("{hosts: [a], http: [{mirrors: [{destination: {host: m}, percentage: {value: 5}}]}]}");

        assertThat(one.http().getFirst().mirrors())
                .isEqualTo(list.http().getFirst().mirrors())
                .hasSize(1);
    }

    @Test
    void readsWhatRoutingNeedsOfAService() {
        Service service = (Service) Declarations.object("""
                apiVersion: v1
                kind: Service
                metadata:
                  name: s
                  namespace: shop
                  annotations: {networking.istio.io/exportTo: "., other", something: else}
                spec:
                  clusterIP: 10.0.0.1
                  clusterIPs: [10.0.0.1, 'fd00::1']
                  externalIPs: [192.0.2.1]
                  internalTrafficPolicy: Local
                  trafficDistribution: PreferSameZone
                  sessionAffinity: None
                  ports: [{name: web, port: 80, targetPort: web, nodePort: 30080, appProtocol: http}]
                """);

        assertThat(service.clusterIps()).hasSize(2);
        assertThat(service.externalIps()).hasSize(1);
        assertThat(service.internalTrafficPolicy()).isEqualTo(Service.InternalTrafficPolicy.LOCAL);
        assertThat(service.trafficDistribution()).isEqualTo(Service.TrafficDistribution.PREFER_SAME_ZONE);
        assertThat(service.exportTo()).containsExactly(".", "other");
        assertThat(service.ports())
                .containsExactly(new Service.Port(
                        "web", 80, "web", 30_080, io.signalbox.configservice.registry.Transport.TCP, "http"));
    }

    @Test
    void readsWhereANodeIs() {
        Node node = (Node) Declarations.object("""
                apiVersion: v1
                kind: Node
                metadata:
                  name: n1
                  labels: {topology.kubernetes.io/region: r, failure-domain.beta.kubernetes.io/zone: z}
                """);

        assertThat(node.metadata().namespace()).isEmpty();
        assertThat(node.locality()).isEqualTo(new Locality("r", "z", ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{phase: Running}                                                | true",
                "{phase: Running, conditions: [{type: Ready, status: 'False'}]}  | false",
                "{phase: Running, conditions: [{type: Ready, status: 'True'}]}   | true",
                "{phase: Pending}                                                | false",
            })
    void readsWhetherAPodIsReady(String status, boolean ready) {
        Pod pod = (Pod) Declarations.object(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {}\nstatus: " + status + "\n");

        assertThat(pod.ready()).isEqualTo(ready);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                              |       |        |",
                "{other: x}                                                      |       |        |",
                "{signalbox.io/capture: disabled}                                | false |        |",
                "{signalbox.io/capture: enabled}                                 | true  |        |",
                "{signalbox.io/capture-failure: open}                            |       | OPEN   |",
                "{signalbox.io/capture-failure: closed}                          |       | CLOSED |",
                "{signalbox.io/capture: 'no', signalbox.io/capture-failure: shut} |      |        | metadata.annotations.signalbox.io/capture: no has no effect (expected: enabled or disabled), metadata.annotations.signalbox.io/capture-failure: shut has no effect (expected: open or closed)",
            })
    void readsWhatPodsAndNamespacesSayOfCapture(
            String annotations,
            @Nullable Boolean wanted,
            Capture.@Nullable Failure failure,
            @Nullable String warnings) {
        for (String kind : List.of("Pod", "Namespace")) {
            String yaml = "{apiVersion: v1, kind: " + kind + ", metadata: {name: a, annotations: " + annotations + "}}";

            Capture read = Declarations.object(yaml) instanceof Pod pod
                    ? pod.capture()
                    : ((Namespace) Declarations.object(yaml)).capture();

            assertThat(read).isEqualTo(new Capture(wanted, failure));
            assertThat(String.join(
                            ", ",
                            Verdict.of(yaml).problems().stream()
                                    .map(problem -> problem.path() + ": " + problem.message())
                                    .toList()))
                    .isEqualTo(warnings == null ? "" : warnings);
        }
    }

    @Test
    void warnsOfABalancerThatThereIsNot() {
        String yaml = """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: a, namespace: b, annotations: {signalbox.io/load-balancer: EWMA}}
                spec: {host: a}
                """;

        assertThat(((DestinationRule) Declarations.object(yaml)).peakEwma()).isFalse();
        assertThat(Verdict.of(yaml).problems())
                .extracting(Problem::path, Problem::message)
                .containsExactly(tuple(
                        "metadata.annotations.signalbox.io/load-balancer", "EWMA has no effect (expected: PEAK_EWMA)"));
    }
}
