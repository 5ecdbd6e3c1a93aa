package io.signalbox.loadtest.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HarnessTest {
    @TempDir
    private Path directory;

    @Test
    void writesAServiceWithItsEndpointsAndRule() throws IOException {
        RegistryFiles registry = new RegistryFiles(directory.resolve("registry"), directory.resolve("drafts"));
        ServiceSpec service = ServiceSpec.of("catalog", PortProtocol.HTTP)
                .withClusterIp("127.1.0.1")
                .withPort(80)
                .withTargetPort(8080)
                .roundRobin();
        registry.writeService(
                service,
                List.of(
                        InetAddress.ofLiteral("127.2.1.1"),
                        InetAddress.ofLiteral("127.2.1.2"),
                        InetAddress.ofLiteral("fd00::1")));

        assertThat(Files.readString(registry.serviceFile(service)))
                .contains("kind: Service\n", "clusterIP: \"127.1.0.1\"", "port: 80\n", "targetPort: 8080")
                .contains(
                        "kind: EndpointSlice\n",
                        "endpoints:\n  - addresses: [\"127.2.1.1\"]\n    conditions:",
                        "addressType: IPv6",
                        "addresses: [\"fd00:0:0:0:0:0:0:1\"]")
                .contains("kind: DestinationRule\n", "host: catalog.shop.svc.cluster.local", "simple: ROUND_ROBIN");
        assertThat(directory.resolve("drafts")).isEmptyDirectory();
    }

    @Test
    void readsPrometheusText() {
        Metrics metrics = Metrics.parse("""
                # HELP a_total help
                # TYPE a_total counter
                a_total{port="80",path="say \\"x\\""} 3.0
                a_total{port="80",path="y"} 4
                a_total{port="90"} 1.5e1 1700000000
                b 2
                """);

        assertThat(metrics.sumBy("a_total", "port")).isEqualTo(Map.of("80", 7.0, "90", 15.0));
        assertThat(metrics.sum("a_total")).isEqualTo(22.0);
        assertThat(metrics.sum("b")).isEqualTo(2.0);
        assertThat(metrics.sum("none")).isZero();
    }

    @Test
    void readsWhatAProcessCosts() {
        assertThat(ProcStats.cpuMicros("42 (my (odd) name) S 1 42 42 0 -1 4194560 1 0 0 0 150 50 0 0 20 0"))
                .isEqualTo(2_000_000);
        assertThat(ProcStats.ofTree(ProcessHandle.current()).rssBytes()).isPositive();
    }

    @Test
    void saysWhyAProgramIsNotReady() throws IOException {
        Path log = directory.resolve("log");
        try (ProgramProcess program =
                ProgramProcess.start("liar", List.of("sh", "-c", "echo broken pipe; exit 7"), Map.of(), log)) {
            assertThatThrownBy(() -> program.awaitReady(Duration.ofSeconds(20), () -> false))
                    .hasMessageContaining("liar: ended with exit code 7")
                    .hasMessageContaining("broken pipe");
        }
    }

    @Test
    void killsWhatItStarted() throws IOException, InterruptedException {
        ProgramProcess program =
                ProgramProcess.start("sleeper", List.of("sleep", "600"), Map.of(), directory.resolve("log"));
        program.kill();

        assertThat(program.awaitExit(Duration.ofSeconds(20))).isEqualTo(128 + 9);
    }

    @Test
    void talliesByEndpoint() {
        Tally tally = new Tally();
        tally.answered("a");
        Map<String, Long> before = tally.counts();
        tally.answered("a");
        tally.answered("b");
        tally.failed("why");

        assertThat(tally.counts()).isEqualTo(Map.of("a", 2L, "b", 1L));
        assertThat(tally.countsSince(before)).isEqualTo(Map.of("a", 1L, "b", 1L));
        assertThat(tally.answered()).isEqualTo(3);
        assertThat(tally.failures()).containsExactly("why");
    }
}
