package io.signalbox.agent.capture.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PodCgroupsTest {
    private static final PodCgroups KUBEPODS = new PodCgroups("kubepods");

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // cgroupfs driver, v2 and v1: burstable, besteffort, guaranteed.
        "0::/kubepods/burstable/podab-1/8d1c, ab-1",
        "0::/kubepods/besteffort/podab-1/8d1c, ab-1",
        "0::/kubepods/podab-1/8d1c, ab-1",
        "0::/kubepods/podab-1, ab-1",
        "'11:memory:/kubepods/burstable/podab-1/8d1c', ab-1",
        "'4:cpu,cpuacct:/kubepods/podab-1/8d1c', ab-1",
        // systemd driver.
        "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podab_1.slice/cri-containerd-8d1c.scope, ab-1",
        "0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podab_1.slice/crio-8d1c.scope, ab-1",
        "0::/kubepods.slice/kubepods-podab_1.slice/crio-8d1c.scope/container, ab-1",
        "0::/kubepods.slice/kubepods-podab_1.slice, ab-1",
        // The hash of a static pod.
        "0::/kubepods/burstable/pod1ffcc8b02c9c4b0b5b0a2c2c0e2f7b3d/8d1c, 1ffcc8b02c9c4b0b5b0a2c2c0e2f7b3d",
        // With a root of the kubelet's own; nodes that are containers.
        "0::/kubelet/kubepods/podab-1/8d1c, ab-1",
        "0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-podab_1.slice/cri-containerd-8d1c.scope, ab-1",
        "0::/system.slice/docker-77.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-podab_1.slice/x, ab-1",
        // A pod in which containers run; what is further in does not count.
        "0::/kubepods/podab-1/8d1c/kubepods/podcd-2/77, ab-1",
        // No pod.
        "0::/,",
        "0::/system.slice/containerd.service,",
        "0::/kubepods,",
        "0::/kubepods.slice/kubepods-burstable.slice,",
        "0::/kubepods/burstable,",
        "0::/user.slice/podab-1,",
        "0::/machine.slice/libpod-8d1c.scope,",
        "0::/kubepods/burstable/pod/8d1c,",
        "0::/mykubepods/podab-1,",
        "'',",
        "nonsense,",
    })
    void knowsThePodByTheCgroup(String line, @Nullable String uid) {
        assertThat(KUBEPODS.uid(line + "\n")).isEqualTo(uid);
    }

    @Test
    void oneHierarchyThatTellsIsEnough() {
        assertThat(KUBEPODS.uid("""
                        12:rdma:/
                        11:freezer:/kubepods/burstable/podab-1/8d1c
                        1:name=systemd:/system.slice/containerd.service
                        0::/
                        """)).isEqualTo("ab-1");
    }

    @ParameterizedTest(name = "root {0}: {1}")
    @CsvSource({
        "node-1/kubepods, 0::/node-1/kubepods/burstable/podab-1/8d1c, ab-1",
        "/node-1/kubepods/, 0::/node-1/kubepods/podab-1, ab-1",
        "node-1/kubepods, 0::/node-2/kubepods/podab-1,",
        "node-1/kubepods, 0::/kubepods/podab-1,",
        "node-1/kubepods, 0::/outer/node-1/kubepods/podab-1, ab-1",
        "pods.slice, 0::/pods.slice/pods-podab_1.slice/x, ab-1",
    })
    void theRootCanBeChosen(String root, String line, @Nullable String uid) {
        assertThat(new PodCgroups(root).uid(line)).isEqualTo(uid);
    }

    @Test
    void aRootIsNeeded() {
        assertThatThrownBy(() -> new PodCgroups("/")).hasMessage("root: '/' (expected: a cgroup such as kubepods)");
    }

    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyUidIsFoundInEveryForm(long seed) {
        Random random = new Random(seed);
        String uid = new UUID(random.nextLong(), random.nextLong()).toString();
        String quality = List.of("", "burstable", "besteffort").get(random.nextInt(3));
        String prefix = List.of("", "/kubelet", "/a/b-c.slice/d.scope").get(random.nextInt(3));
        String container = Long.toHexString(random.nextLong());
        String cgroupfs =
                prefix + "/kubepods/" + (quality.isEmpty() ? "" : quality + "/") + "pod" + uid + "/" + container;
        String name = "kubepods" + (quality.isEmpty() ? "" : "-" + quality);
        String systemd = prefix + "/kubepods.slice/" + (quality.isEmpty() ? "" : name + ".slice/") + name + "-pod"
                + uid.replace('-', '_') + ".slice/cri-containerd-" + container + ".scope";

        assertThat(KUBEPODS.uid("0::" + cgroupfs)).isEqualTo(uid);
        assertThat(KUBEPODS.uid("3:cpu,cpuacct:" + systemd)).isEqualTo(uid);
    }
}
