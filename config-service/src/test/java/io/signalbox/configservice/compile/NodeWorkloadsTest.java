package io.signalbox.configservice.compile;

import static io.signalbox.configservice.testkit.Declarations.registry;
import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.config.v1.Capture;
import io.signalbox.config.v1.NodeWorkloads;
import io.signalbox.config.v1.Workload;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node is told of its pods. */
class NodeWorkloadsTest {
    private static List<Workload> workloads(String... yaml) {
        return new Compiler("cluster.local")
                .compile(Compilation.EMPTY, registry(yaml))
                .snapshot()
                .nodes()
                .getOrDefault("node-1", NodeWorkloads.getDefaultInstance())
                .getWorkloadsList();
    }

    private static String pod(String metadata, String status) {
        return "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop, " + metadata
                + "}, spec: {nodeName: node-1}, status: " + status + "}";
    }

    @ParameterizedTest(name = "pod {0}, namespace {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                     | {}                                     | CAPTURE_UNSPECIFIED",
                "{signalbox.io/capture: disabled}       | {}                                     | CAPTURE_DISABLED",
                "{}                                     | {signalbox.io/capture: disabled}       | CAPTURE_DISABLED",
                "{signalbox.io/capture: enabled}        | {signalbox.io/capture: disabled}       | CAPTURE_UNSPECIFIED",
                "{signalbox.io/capture-failure: closed} | {}                                     | CAPTURE_FAIL_CLOSED",
                "{}                                     | {signalbox.io/capture-failure: open}   | CAPTURE_FAIL_OPEN",
                "{signalbox.io/capture-failure: closed} | {signalbox.io/capture-failure: open}   | CAPTURE_FAIL_CLOSED",
                "{signalbox.io/capture: enabled}        | {signalbox.io/capture-failure: closed} | CAPTURE_FAIL_CLOSED",
                "{signalbox.io/capture-failure: closed} | {signalbox.io/capture: disabled}       | CAPTURE_DISABLED",
            })
    void aPodSaysMoreOfItsCaptureThanItsNamespace(String pod, String namespace, Capture expected) {
        assertThat(workloads(
                        pod("annotations: " + pod, "{phase: Running, podIP: 10.1.0.1}"),
                        "{apiVersion: v1, kind: Namespace, metadata: {name: shop, annotations: " + namespace + "}}"))
                .map(Workload::getCapture)
                .containsExactly(expected);
    }

    @Test
    void aPodWithAUidIsToldBeforeItHasAnAddress() {
        assertThat(workloads(pod("uid: abc", "{phase: Pending}")))
                .singleElement()
                .satisfies(workload -> assertThat(workload.getUid()).isEqualTo("abc"))
                .satisfies(workload -> assertThat(workload.getAddressesList()).isEmpty());
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "labels: {a: b} | {phase: Pending}",
                "uid: abc       | {phase: Succeeded, podIP: 10.1.0.1}",
                "uid: abc       | {phase: Failed}",
            })
    void aPodThatNoConnectionCanBeOfIsNotTold(String metadata, String status) {
        assertThat(workloads(pod(metadata, status))).isEmpty();
    }
}
