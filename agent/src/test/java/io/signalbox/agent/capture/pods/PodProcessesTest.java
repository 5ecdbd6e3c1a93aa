package io.signalbox.agent.capture.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.agent.capture.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finding pods in a process file system that the test writes; namespaces are files, told apart by inode as there. */
class PodProcessesTest {
    private static final String POD_A = "0::/kubepods/poda-1/c";
    private static final String POD_B = "0::/kubepods/podb-2/c";
    private static final String NODE = "0::/system.slice/sshd.service";

    @TempDir
    private Path directory;

    private final Set<Long> leftAlone = new HashSet<>();
    private Path proc;
    private PodProcesses processes;
    private long nowNanos = -500;

    @BeforeEach
    void make() throws IOException {
        proc = Files.createDirectories(directory.resolve("proc"));
        Files.createFile(proc.resolve("uptime"));
        processes = new PodProcesses(proc, new PodCgroups("kubepods"), leftAlone::contains);
        leftAlone.add(namespace("host"));
    }

    private long namespace(String name) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        return NetworkNamespace.inode(file);
    }

    private void process(int pid, String cgroup, String namespace) throws IOException {
        namespace(namespace);
        Path ns = Files.createDirectories(proc.resolve(pid + "/ns"));
        Files.writeString(proc.resolve(pid + "/cgroup"), cgroup + "\n");
        Files.deleteIfExists(ns.resolve("net"));
        Files.createLink(ns.resolve("net"), directory.resolve(namespace));
    }

    private void end(int pid) throws IOException {
        Files.delete(proc.resolve(pid + "/ns/net"));
        Files.delete(proc.resolve(pid + "/ns"));
        Files.delete(proc.resolve(pid + "/cgroup"));
        Files.delete(proc.resolve(Integer.toString(pid)));
    }

    private void scanAfter(long millis) throws IOException {
        nowNanos += TimeUnit.MILLISECONDS.toNanos(millis);
        processes.scan(nowNanos);
    }

    private PodProcesses.Found found(String namespace) throws IOException {
        return Objects.requireNonNull(processes.namespaces().get(namespace(namespace)));
    }

    @Test
    void findsTheNamespacesOfPods() throws IOException {
        process(10, NODE, "host");
        process(11, POD_A, "a");
        process(12, POD_A, "a");
        process(13, POD_B, "b");
        scanAfter(0);

        assertThat(processes.namespaces()).hasSize(2);
        assertThat(found("a").uid()).isEqualTo("a-1");
        assertThat(found("a").pids()).containsExactlyInAnyOrder(11, 12);
        assertThat(found("b").uid()).isEqualTo("b-2");
        assertThat(NetworkNamespace.inode(processes.namespaceOf(13))).isEqualTo(namespace("b"));
    }

    @Test
    void leavesPodsInTheNodesNetworkAlone() throws IOException {
        process(11, POD_A, "host");
        scanAfter(0);

        assertThat(processes.namespaces()).isEmpty();
    }

    @Test
    void aProcessThatMovesIntoAPodIsFoundWhileItIsYoung() throws IOException {
        process(11, NODE, "host");
        scanAfter(0);
        process(11, POD_A, "host");
        scanAfter(100);
        assertThat(processes.namespaces()).isEmpty();
        process(11, POD_A, "a");
        scanAfter(100);
        assertThat(processes.namespaces()).hasSize(1);
    }

    @Test
    void aProcessThatWasSeenOnItsWayIntoAPodIsFoundThere() throws IOException {
        process(11, POD_A, "launcher");
        scanAfter(0);
        process(11, POD_A, "a");
        scanAfter(100);
        processes.lookAgain(found("launcher"));
        scanAfter(100);

        assertThat(processes.namespaces()).containsOnlyKeys(namespace("a"));
        assertThat(found("a").pids()).containsExactly(11);
    }

    @Test
    void anOldProcessIsNotLookedAtAgain() throws IOException {
        process(11, NODE, "host");
        scanAfter(0);
        for (int i = 0; i < 1300; i++) {
            scanAfter(100);
        }
        process(11, POD_A, "a");
        for (int i = 0; i < 1300; i++) {
            scanAfter(100);
        }
        assertThat(processes.namespaces()).isEmpty();
    }

    @Test
    void aNamespaceIsGoneWithItsLastProcess() throws IOException {
        process(11, POD_A, "a");
        process(12, POD_A, "a");
        scanAfter(0);
        end(11);
        scanAfter(100);
        assertThat(found("a").pids()).containsExactly(12);
        end(12);
        scanAfter(100);
        assertThat(processes.namespaces()).isEmpty();
    }

    @Test
    void aProcessThatReplacesTheLastKeepsTheNamespace() throws IOException {
        process(11, POD_A, "a");
        scanAfter(0);
        PodProcesses.Found before = found("a");
        end(11);
        process(12, POD_A, "a");
        scanAfter(100);
        assertThat(found("a")).isSameAs(before);
        assertThat(before.pids()).containsExactly(12);
    }

    @Test
    void aProcessThatEndsWhileItIsLookedAtIsNobodys() throws IOException {
        Files.createDirectories(proc.resolve("11"));
        scanAfter(0);
        assertThat(processes.namespaces()).isEmpty();
    }

    @Test
    void whileNothingBeginsOnlyWhatIsYoungIsLookedAtAndEndsAreNoticedWithinASecond() throws IOException {
        Files.writeString(proc.resolve("loadavg"), "0.10 0.20 0.30 1/100 11\n");
        process(11, NODE, "host");
        process(12, POD_A, "a");
        scanAfter(0);
        scanAfter(1);
        process(13, POD_B, "b");
        process(11, POD_A, "moved");
        scanAfter(100);
        // The one that is young made it look.
        assertThat(processes.namespaces()).hasSize(3);
        for (int i = 0; i < 100; i++) {
            scanAfter(1000);
        }
        end(12);
        process(14, POD_B, "late");
        scanAfter(900);
        assertThat(processes.namespaces()).hasSize(3);
        Files.writeString(proc.resolve("loadavg"), "0.10 0.20 0.30 1/100 14\n");
        scanAfter(1);
        assertThat(processes.namespaces()).hasSize(3).containsKey(namespace("late"));
        end(13);
        scanAfter(1000);
        assertThat(processes.namespaces()).hasSize(2);
    }

    @Test
    void saysWhenThereIsNoProcessFileSystem() {
        PodProcesses nowhere =
                new PodProcesses(directory.resolve("none"), new PodCgroups("kubepods"), leftAlone::contains);
        assertThatThrownBy(() -> nowhere.scan(0)).hasMessageContaining("cannot be read (expected: the process file");
    }
}
