package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.loadtest.harness.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The CNI plugin as a container runtime calls it: a program with variables, a configuration, and an exit code. */
class PodsCniIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String OUTSIDE = "http://10.97.0.1/";
    private static final String PREVIOUS = """
            {"cniVersion":"1.0.0","interfaces":[{"name":"eth0","sandbox":"/run/netns/x"}],"ips":[{"address":"10.1.0.2/24"}]}""";

    private static CapturedNode node;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        node = CapturedNode.create(PodsCniIT.class)
                .captureMode("pods")
                .agentOption("--pods-cgroup", CapturedPod.podsCgroup())
                .agentOption("--cni-dir", directory().toString())
                .backend("--http", "catalog-1", "10.98.0.1:8080")
                .backend("--http", "outside", "10.97.0.1:80");
        node.write(
                "registry.yaml",
                Manifests.all(
                        Manifests.service("shop", "catalog", "10.96.0.10", "http", 80),
                        Manifests.endpoints("shop", "catalog", "http", 8080, "10.98.0.1 v1")));
        node.start();
    }

    @AfterAll
    static void stop() throws IOException {
        node.close();
        CapturedPod.closeAll();
    }

    private static Path directory() {
        return TestMesh.directory(PodsCniIT.class).resolve("cni");
    }

    private static Commands.Result plugin(String command, CapturedPod pod, String arguments, String more)
            throws IOException, InterruptedException {
        String configuration = """
                {"cniVersion":"1.0.0","name":"pods","type":"signalbox","directory":"%s"%s,"prevResult":%s}""".formatted(directory(), more, PREVIOUS);
        return Commands.run(
                List.of(Plugin.PATH),
                Map.of(
                        "CNI_COMMAND",
                        command,
                        "CNI_CONTAINERID",
                        "c" + pod.uid(),
                        "CNI_NETNS",
                        "/run/netns/" + pod.network().name(),
                        "CNI_IFNAME",
                        "eth0",
                        "CNI_PATH",
                        "/opt/cni/bin",
                        "CNI_ARGS",
                        "IgnoreUnknown=1;" + arguments),
                configuration);
    }

    @ParameterizedTest(name = "told {0}")
    @ValueSource(strings = {"K8S_POD_UID", "K8S_POD_NAME"})
    void aPodIsCapturedBeforeItsFirstProgramRuns(String argument) throws IOException, InterruptedException {
        try (CapturedPod pod = CapturedPod.create(node, "shop", "cart", 1)) {
            node.apply("pod.yaml", pod.manifest(""));
            Commands.Result added = plugin(
                    "ADD",
                    pod,
                    argument.equals("K8S_POD_UID")
                            ? "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=cart;K8S_POD_UID=" + pod.uid()
                            : "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=cart",
                    "");
            assertThat(added.output().strip()).isEqualTo(PREVIOUS);
            assertThat(added.exitCode()).isZero();

            // The first that the pod sends. Only its own namespace may use the short name.
            assertThat(pod.answeredBy(OUTSIDE, "catalog")).isEqualTo("catalog-1");
            assertThat(plugin("CHECK", pod, "", "")).isEqualTo(new Commands.Result(0, ""));

            assertThat(plugin("DEL", pod, "", "").exitCode()).isZero();
            await().atMost(DEADLINE)
                    .untilAsserted(() -> assertThat(pod.report()).isNull());
            assertThat(pod.network().require("nft", "list", "ruleset")).isEmpty();
            assertThat(plugin("CHECK", pod, "", "").output()).contains("\"code\":100", "the pod is not captured");
            // A runtime may repeat it.
            assertThat(plugin("DEL", pod, "", "").exitCode()).isZero();
        }
    }

    @Test
    void aSandboxThatNeverHasAProcessIsLetGoWithItsNamespace() throws IOException, InterruptedException {
        CapturedPod pod = CapturedPod.create(node, "shop", "stillborn", 2);
        assertThat(plugin("ADD", pod, "K8S_POD_UID=" + pod.uid(), "").exitCode())
                .isZero();
        await().atMost(DEADLINE).untilAsserted(() -> assertThat(pod.report()).isNotNull());
        pod.close();
        await().atMost(DEADLINE).untilAsserted(() -> assertThat(pod.report()).isNull());
    }

    @Test
    void podsThatDoNotWantItAndOthersThanPodsAreNotCaptured() throws IOException, InterruptedException {
        try (CapturedPod pod = CapturedPod.create(node, "shop", "loner", 3)) {
            node.apply("pod.yaml", pod.manifest("signalbox.io/capture: disabled"));
            assertThat(plugin("ADD", pod, "K8S_POD_UID=" + pod.uid(), "").exitCode())
                    .isZero();
            assertThat(pod.answeredBy(OUTSIDE, "catalog.shop")).isEqualTo("outside");
        }
        try (CapturedPod pod = CapturedPod.create(node, "kube-system", "dns", 4)) {
            String more = ", \"excludeNamespaces\": \"kube-system signalbox\"";
            assertThat(plugin("ADD", pod, "K8S_POD_NAMESPACE=kube-system;K8S_POD_UID=" + pod.uid(), more)
                            .output()
                            .strip())
                    .isEqualTo(PREVIOUS);
            assertThat(pod.network().require("nft", "list", "ruleset")).isEmpty();
        }
    }

    @Test
    void withoutAnAgentAPodStartsOrNotAsConfigured() throws IOException, InterruptedException {
        try (CapturedPod pod = CapturedPod.create(node, "shop", "early", 5)) {
            node.agent().kill();
            await().atMost(DEADLINE).until(() -> !node.agent().isAlive());
            Commands.Result open = plugin("ADD", pod, "", ",\"captureFailure\":\"open\"");
            assertThat(open.output().strip()).isEqualTo(PREVIOUS);
            assertThat(open.exitCode()).isZero();

            Commands.Result closed = plugin("ADD", pod, "", ",\"captureFailure\":\"closed\"");
            assertThat(closed.output()).contains("\"code\": 11", "\"cniVersion\": \"1.0.0\"");
            assertThat(closed.exitCode()).isEqualTo(1);
            assertThat(plugin("DEL", pod, "", ",\"captureFailure\":\"closed\"").exitCode())
                    .isZero();

            node.startAgent();
            assertThat(plugin("ADD", pod, "K8S_POD_UID=" + pod.uid(), "").exitCode())
                    .isZero();
            assertThat(pod.answeredBy(OUTSIDE, "catalog.shop")).isEqualTo("catalog-1");
        }
        try (var left = Files.list(directory())) {
            assertThat(left.map(Path::getFileName).map(Path::toString)).containsExactly("agent");
        }
    }

    /** Where the plugin is in the source tree. */
    private static final class Plugin {
        static final String PATH = Path.of(io.signalbox.loadtest.harness.Launchers.agent())
                .resolve("../../cni/signalbox-cni")
                .normalize()
                .toString();
    }
}
