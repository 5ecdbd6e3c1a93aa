package io.signalbox.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pod may do is what it needs. */
class HardeningTest {
    private static final Pattern CAPABILITY = Pattern.compile("\\s*- [A-Z]+(_[A-Z]+)+");

    static List<Build> builds() throws IOException, InterruptedException {
        return Build.all();
    }

    @ParameterizedTest
    @MethodSource("builds")
    void noContainerCanWriteToItsImageOrGainPrivileges(Build build) {
        for (Manifest workload : build.workloads()) {
            JsonNode pod = workload.at("/spec/template/spec");
            assertThat(pod.at("/securityContext/seccompProfile/type").asText())
                    .as(workload.toString())
                    .isEqualTo("RuntimeDefault");
            assertThat(pod.path("enableServiceLinks").asBoolean(true))
                    .as(workload.toString())
                    .isFalse();
            workload.containers()
                    .map(container -> container.path("securityContext"))
                    .forEach(security -> {
                        assertThat(security.path("readOnlyRootFilesystem").asBoolean())
                                .isTrue();
                        assertThat(security.path("allowPrivilegeEscalation").asBoolean(true))
                                .isFalse();
                        assertThat(security.at("/capabilities/drop").toString()).isEqualTo("[\"ALL\"]");
                        assertThat(security.path("privileged").asBoolean()).isFalse();
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("builds")
    void theConfigServiceMeetsTheRestrictedLevel(Build build) {
        Manifest deployment = build.one("Deployment", "signalbox-config-service");
        JsonNode pod = deployment.at("/spec/template/spec");
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/runAsUser").asInt()).isPositive();
        assertThat(deployment
                        .container("config-service")
                        .at("/securityContext/capabilities/add")
                        .isMissingNode())
                .isTrue();
        for (String shared : List.of("hostNetwork", "hostPID", "hostIPC")) {
            assertThat(pod.path(shared).asBoolean()).as(shared).isFalse();
        }
        assertThat(Manifest.items(pod.path("volumes")).filter(volume -> volume.has("hostPath")))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("builds")
    void theAgentReservesNoPortOfTheNode(Build build) {
        Manifest agent = build.one("DaemonSet", "signalbox-agent");
        assertThat(agent.at("/spec/updateStrategy/rollingUpdate/maxSurge").asInt())
                .isEqualTo(1);
        // Declared ports of a pod on the node's network are host ports: the second agent of an update would never be
        // placed.
        assertThat(agent.containers().filter(container -> container.has("ports")))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("builds")
    void memoryIsLimitedAndProcessorsAreNot(Build build) {
        for (Manifest workload : build.workloads()) {
            Manifest.items(workload.at("/spec/template/spec/containers"))
                    .map(container -> container.path("resources"))
                    .forEach(resources -> {
                        assertThat(Manifest.texts(resources.path("requests")).keySet())
                                .isEqualTo(Set.of("cpu", "memory"));
                        assertThat(Manifest.texts(resources.path("limits")).keySet())
                                .isEqualTo(Set.of("memory"));
                    });
        }
    }

    @Test
    void everyCapabilityHasItsReasonAboveIt() throws IOException {
        List<String> without = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Build.directory())) {
            for (Path file : files.filter(path -> path.toString().endsWith(".yaml")
                            && !path.startsWith(Build.directory().resolve("target")))
                    .toList()) {
                List<String> lines = Files.readAllLines(file);
                for (int i = 1; i < lines.size(); i++) {
                    if (CAPABILITY.matcher(lines.get(i)).matches()
                            && !lines.get(i - 1).strip().startsWith("# ")) {
                        without.add(file.getFileName() + ": " + lines.get(i).strip());
                    }
                }
            }
        }
        assertThat(without).isEmpty();
    }

    /**
     * As the memory limits' comments say: all that the launchers let the JVM take, and a share for what it needs
     * itself.
     */
    @ParameterizedTest
    @MethodSource("builds")
    void memoryLimitsHoldHeapAndBuffers(Build build) throws IOException {
        for (Program program : List.of(Program.AGENT, Program.CONFIG_SERVICE)) {
            String launcher = Files.readString(Build.directory()
                    .resolveSibling(program.container())
                    .resolve("bin")
                    .resolve(program.container()));
            int least = megabytes(launcher, "-Xmx") + megabytes(launcher, "-XX:MaxDirectMemorySize=") + 128;
            String limit = program.spec(build).at("/resources/limits/memory").asText();
            assertThat(limit).endsWith("Mi");
            assertThat(Integer.parseInt(limit.replace("Mi", "")))
                    .as(program + " in " + build)
                    .isGreaterThanOrEqualTo(least);
        }
    }

    private static int megabytes(String launcher, String option) {
        var matcher = Pattern.compile(Pattern.quote(option) + "([0-9]+)m").matcher(launcher);
        assertThat(matcher.find()).as(option).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    /** Permissions of the agent's service account: none, so that a node that was broken into has none either. */
    @ParameterizedTest
    @MethodSource("builds")
    void theAgentMayAskTheApiServerNothing(Build build) {
        Map<String, String> account =
                Manifest.texts(build.one("ServiceAccount", "signalbox-agent").root());
        assertThat(account).containsEntry("automountServiceAccountToken", "false");
        Set<String> subjects = new TreeSet<>();
        build.objects().stream()
                .filter(object -> object.kind().endsWith("Binding"))
                .flatMap(binding -> Manifest.items(binding.at("/subjects")))
                .forEach(subject -> subjects.add(subject.path("name").asText()));
        assertThat(subjects).doesNotContain("signalbox-agent");
    }
}
