package io.signalbox.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What objects say of each other is true. */
class ReferencesTest {
    private static final String NAMESPACE = "signalbox-system";
    private static final Set<String> OF_THE_CLUSTER = Set.of("Namespace", "ClusterRole", "ClusterRoleBinding");

    static List<Build> builds() throws IOException, InterruptedException {
        return Build.all();
    }

    @ParameterizedTest
    @MethodSource("builds")
    void everythingIsInTheNamespace(Build build) {
        assertThat(build.one("Namespace", NAMESPACE)).isNotNull();
        for (Manifest object : build.objects()) {
            assertThat(object.namespace())
                    .as(object.toString())
                    .isEqualTo(OF_THE_CLUSTER.contains(object.kind()) ? "" : NAMESPACE);
        }
    }

    @ParameterizedTest
    @MethodSource("builds")
    void everythingBearsTheCommonLabels(Build build) {
        for (Manifest object : build.objects()) {
            Map<String, String> labels = Manifest.texts(object.at("/metadata/labels"));
            assertThat(labels)
                    .as(object.toString())
                    .containsEntry("app.kubernetes.io/part-of", "signalbox")
                    .containsEntry("app.kubernetes.io/managed-by", "kustomize");
        }
        for (Manifest workload : build.workloads()) {
            assertThat(workload.podLabels())
                    .as(workload.toString())
                    .containsKeys("app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/part-of");
        }
    }

    @ParameterizedTest
    @MethodSource("builds")
    void workloadsSelectTheirOwnPodsAndNoOthers(Build build) {
        for (Manifest workload : build.workloads()) {
            Map<String, String> selector = Manifest.texts(workload.at("/spec/selector/matchLabels"));
            assertThat(selected(build, selector)).containsExactly(workload);
            // Selectors cannot be changed, so what differs between releases must not be in them.
            assertThat(selector).as(workload.toString()).containsOnlyKeys("app.kubernetes.io/name");
        }
    }

    @ParameterizedTest
    @MethodSource("builds")
    void servicesLeadToPortsOfOneWorkload(Build build) {
        build.ofKind("Service").forEach(service -> {
            List<Manifest> workloads = selected(build, Manifest.texts(service.at("/spec/selector")));
            assertThat(workloads).as(service.toString()).hasSize(1);
            Manifest.items(service.at("/spec/ports"))
                    .map(port -> port.path("targetPort"))
                    .filter(JsonNode::isTextual)
                    .forEach(target -> assertThat(portNames(workloads.getFirst()))
                            .as(service + " targetPort")
                            .contains(target.asText()));
        });
    }

    @ParameterizedTest
    @MethodSource("builds")
    void monitorsScrapeAPortThatOneServiceHas(Build build) {
        build.ofKind("ServiceMonitor").forEach(monitor -> {
            Map<String, String> selector = Manifest.texts(monitor.at("/spec/selector/matchLabels"));
            Manifest.items(monitor.at("/spec/endpoints")).forEach(endpoint -> {
                String port = endpoint.path("port").asText();
                List<Manifest> services = build.ofKind("Service")
                        .filter(service -> Manifest.texts(service.at("/metadata/labels"))
                                .entrySet()
                                .containsAll(selector.entrySet()))
                        .filter(service -> Manifest.items(service.at("/spec/ports"))
                                .anyMatch(each -> each.path("name").asText().equals(port)))
                        .toList();
                assertThat(services).as(monitor + " port " + port).hasSize(1);
            });
        });
    }

    @ParameterizedTest
    @MethodSource("builds")
    void policiesBudgetsAndSpreadsMatchPodsThatThereAre(Build build) {
        Stream<JsonNode> selectors = build.objects().stream().flatMap(object -> switch (object.kind()) {
            case "NetworkPolicy" -> Stream.of(object.at("/spec/podSelector/matchLabels"));
            case "PodDisruptionBudget" -> Stream.of(object.at("/spec/selector/matchLabels"));
            case "Deployment" ->
                Manifest.items(object.at("/spec/template/spec/topologySpreadConstraints"))
                        .map(spread -> spread.at("/labelSelector/matchLabels"));
            default -> Stream.empty();
        });
        selectors.forEach(selector -> assertThat(selected(build, Manifest.texts(selector)))
                .as(selector.toString())
                .isNotEmpty());
    }

    @ParameterizedTest
    @MethodSource("builds")
    void portsThatPoliciesNameAreThePodsOwn(Build build) {
        build.ofKind("NetworkPolicy").forEach(policy -> {
            List<Manifest> workloads = selected(build, Manifest.texts(policy.at("/spec/podSelector/matchLabels")));
            Manifest.items(policy.at("/spec/ingress"))
                    .flatMap(rule -> Manifest.items(rule.path("ports")))
                    .map(port -> port.path("port"))
                    .forEach(port -> assertThat(portNames(workloads.getFirst()))
                            .as(policy.toString())
                            .contains(port.asText()));
        });
    }

    @ParameterizedTest
    @MethodSource("builds")
    void serviceAccountsThatAreNamedExist(Build build) {
        Set<String> accounts =
                build.ofKind("ServiceAccount").map(Manifest::name).collect(Collectors.toSet());
        Set<String> used = build.workloads().stream()
                .map(workload ->
                        workload.at("/spec/template/spec/serviceAccountName").asText())
                .collect(Collectors.toSet());
        assertThat(accounts).isEqualTo(used);
        build.objects().stream()
                .filter(object -> object.kind().endsWith("Binding"))
                .flatMap(binding -> Manifest.items(binding.at("/subjects")))
                .forEach(subject -> {
                    assertThat(accounts).contains(subject.path("name").asText());
                    assertThat(subject.path("namespace").asText()).isEqualTo(NAMESPACE);
                });
    }

    @ParameterizedTest
    @MethodSource("builds")
    void everyRoleIsBound(Build build) {
        List<String> roles = build.objects().stream()
                .filter(object -> object.kind().equals("Role") || object.kind().equals("ClusterRole"))
                .map(Manifest::toString)
                .toList();
        List<String> bound = build.objects().stream()
                .filter(object -> object.kind().endsWith("Binding"))
                .map(binding -> binding.at("/roleRef/kind").asText() + " "
                        + binding.at("/roleRef/name").asText())
                .toList();
        assertThat(bound).containsExactlyInAnyOrderElementsOf(roles);
    }

    @ParameterizedTest
    @MethodSource("builds")
    void theAutoscalerHasATargetWhoseReplicasNobodyElseSets(Build build) {
        build.ofKind("HorizontalPodAutoscaler").forEach(autoscaler -> {
            Manifest target = build.one(
                    autoscaler.at("/spec/scaleTargetRef/kind").asText(),
                    autoscaler.at("/spec/scaleTargetRef/name").asText());
            assertThat(target.apiVersion())
                    .isEqualTo(autoscaler.at("/spec/scaleTargetRef/apiVersion").asText());
            assertThat(target.at("/spec/replicas").isMissingNode()).isTrue();
        });
    }

    @ParameterizedTest
    @MethodSource("builds")
    void everyVolumeIsMountedAndEveryMountHasAVolume(Build build) {
        for (Manifest workload : build.workloads()) {
            Set<String> volumes = Manifest.items(workload.at("/spec/template/spec/volumes"))
                    .map(volume -> volume.path("name").asText())
                    .collect(Collectors.toSet());
            Set<String> mounted = workload.containers()
                    .flatMap(container -> Manifest.items(container.path("volumeMounts")))
                    .map(mount -> mount.path("name").asText())
                    .collect(Collectors.toSet());
            assertThat(mounted).as(workload.toString()).isEqualTo(volumes);
        }
    }

    private static List<Manifest> selected(Build build, Map<String, String> selector) {
        return build.workloads().stream()
                .filter(workload -> workload.podLabels().entrySet().containsAll(selector.entrySet()))
                .toList();
    }

    private static Set<String> portNames(Manifest workload) {
        return workload.containers()
                .flatMap(container -> Manifest.items(container.path("ports")))
                .map(port -> port.path("name").asText())
                .collect(Collectors.toSet());
    }
}
