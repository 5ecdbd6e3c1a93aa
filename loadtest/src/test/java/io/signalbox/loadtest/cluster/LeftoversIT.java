package io.signalbox.loadtest.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process leaves behind is removed, and nothing else. */
class LeftoversIT {
    private static final String KILLED_OWNER = "signalbox-cluster-" + Integer.MAX_VALUE + "-1-1-";

    @Test
    void removesWhatItsOwnerCanNoLongerRemove(@TempDir Path directory) throws IOException, InterruptedException {
        NetworkNamespace left = NetworkNamespace.create(KILLED_OWNER + "node-1");
        left.resolvConf("nameserver 127.0.0.1\n");
        Cgroup group = Cgroup.create(KILLED_OWNER + "node-1");
        ProgramProcess inNamespace =
                left.start("sleep", directory.resolve("sleep.log"), null, Map.of(), "sleep", "infinity");
        ProgramProcess inCgroup =
                left.start("sleep", directory.resolve("sleep.log"), group.child("pod"), Map.of(), "sleep", "infinity");
        try (NetworkNamespace own = NetworkNamespace.create(Owner.current().nextPrefix() + "node-1")) {
            assertThat(Leftovers.remove()).contains(left.name());

            assertThat(NetworkNamespace.names()).contains(own.name()).doesNotContain(left.name());
        }
        assertThat(inNamespace.awaitExit(Duration.ofSeconds(10))).isNotZero();
        assertThat(inCgroup.awaitExit(Duration.ofSeconds(10))).isNotZero();
        assertThat(Cgroup.root().resolve(KILLED_OWNER + "node-1")).doesNotExist();
        assertThat(Path.of("/etc/netns", left.name())).doesNotExist();
    }
}
