package io.signalbox.agent.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.testkit.Snapshots;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class NodeWorkloadsTest {
    private static final CallerScope OF_OTHER =
            new CallerScope("other/default", "other", Map.of(), true, OutboundPolicy.REGISTRY_ONLY);

    private static Workload workload(String namespace, String name, String address, String uid) {
        return new Workload(
                namespace,
                name,
                address.isEmpty() ? List.of() : List.of(Snapshots.address(address)),
                Map.of("app", name),
                "default",
                uid,
                Workload.Capture.DEFAULT);
    }

    private static NodeWorkloads of(Workload... workloads) {
        return new NodeWorkloads(Version.NONE, List.of(workloads), List.of(OF_OTHER), OutboundPolicy.ALLOW_ANY, "");
    }

    @Test
    void aPodIsFoundByItsUidWhateverItsAddress() {
        NodeWorkloads workloads =
                of(workload("shop", "cart", "10.0.0.1", "uid-1"), workload("other", "probe", "", "uid-2"));

        assertThat(Objects.requireNonNull(workloads.withUid("uid-2")).name()).isEqualTo("probe");
        assertThat(workloads.callerWithUid("uid-2"))
                .isEqualTo(new Caller("other", Map.of("app", "probe"), "other/default", OutboundPolicy.REGISTRY_ONLY));
        assertThat(workloads.callerWithUid("uid-1").namespace()).isEqualTo("shop");
    }

    @Test
    void anUnknownOrEmptyUidIsNobodys() {
        NodeWorkloads workloads = of(workload("shop", "cart", "10.0.0.1", ""));

        assertThat(workloads.withUid("")).isNull();
        assertThat(workloads.withUid("uid-1")).isNull();
        assertThat(workloads.callerWithUid("uid-1").namespace()).isEmpty();
    }

    @Test
    void theFirstKeepsAUidThatTwoClaim() {
        NodeWorkloads workloads =
                of(workload("shop", "a", "10.0.0.1", "uid-1"), workload("other", "b", "10.0.0.2", "uid-1"));

        assertThat(Objects.requireNonNull(workloads.withUid("uid-1")).name()).isEqualTo("a");
        assertThat(workloads.callerWithUid("uid-1").namespace()).isEqualTo("shop");
    }
}
