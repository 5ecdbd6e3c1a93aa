package io.signalbox.loadtest.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportTest {
    private static final List<Comparison> COMPARISONS = List.of(new Comparison("agent", "haproxy"));

    @TempDir
    private Path directory;

    @Test
    void ratiosAreFormedWithinARound() {
        // The machine is twice as slow in the second round, which is neither's doing.
        WorkloadResult result = closedLoop("http1", List.of(10.0, 30.0, 9.0), List.of(10.0, 20.0, 10.0));

        assertThat(result.ratio(COMPARISONS.getFirst(), Figure.CPU)).contains(new Spread(1.0, 0.9, 1.5));
        assertThat(result.ratio(COMPARISONS.getFirst(), Figure.P99)).isEmpty();
        assertThat(result.ratio(new Comparison("agent", "envoy"), Figure.CPU)).isEmpty();
    }

    @ParameterizedTest(name = "{0} us")
    @CsvSource({
        "4.0, '0.40 (0.40 to 0.40) | met, and the aim'",
        "5.0, '0.50 (0.50 to 0.50) | met'",
        "6.6, '0.66 (0.66 to 0.66) | **missed by 20 %**'"
    })
    void aRequirementIsMetOrMissed(double agent, String said) {
        String report = MarkdownReport.of(
                new BenchResult(Map.of(), List.of(closedLoop("grpc", List.of(agent), List.of(10.0)))), List.of());

        assertThat(report).contains("| HTTP/2 CPU, haproxy | 0.55 | 0.42 | " + said + " |\n");
        assertThat(report).contains("| HTTP/1.1 CPU, haproxy | 1.00 | 0.90 |  | not measured in this run |\n");
    }

    @Test
    void theReportShowsMediansRoundsAndSystemCalls() {
        assertThat(MarkdownReport.of(
                        new BenchResult(
                                Map.of("commit", "abc"),
                                List.of(closedLoop("http1", List.of(10.0, 15.0, 6.0), List.of(20.0, 20.0, 20.0)))),
                        List.of("ratios.png")))
                .contains("![ratios.png](ratios.png)\n")
                .contains("- commit: abc\n")
                .contains("| agent | 10.00 | 33333 | 0.33 | 8.00 | 10.00 15.00 6.00 | 4.30 |\n")
                .contains("| agent / haproxy | 0.50 (0.30 to 0.75) |\n");
    }

    @Test
    void aWorkloadThatFailedSaysWhy() {
        assertThat(MarkdownReport.of(
                        new BenchResult(Map.of(), List.of(WorkloadResult.failed("tcp", "TCP", "haproxy: ended"))),
                        List.of()))
                .contains("## tcp: TCP\n\n**Could not be measured:** haproxy: ended\n");
    }

    @Test
    void theHistoryShowsEveryRunThatIsKept() throws IOException {
        keep("2026-11-23-b", "2026-11-23 10:00", 5.0);
        keep("2026-11-23-a", "2026-11-23 11:00", 4.0);

        assertThat(History.read(directory).markdown())
                .contains("| 1 | [2026-11-23-b](2026-11-23-b/report.md) | b | `bench` |\n| 2 | [2026-11-23-a]")
                .contains("| HTTP/2 CPU, haproxy | 0.55 | 0.50 (0.50 to 0.50) | 0.40 (0.40 to 0.40) |\n");
    }

    private void keep(String name, String date, double agent) throws IOException {
        new BenchResult(
                        Map.of("command", "bench", "commit", name.substring(11), "date", date),
                        List.of(closedLoop("grpc", List.of(agent), List.of(10.0))))
                .write(Files.createDirectory(directory.resolve(name)).resolve("bench.json"));
    }

    @Test
    void whatIsWrittenCanBeRead() throws IOException {
        WorkloadResult openLoop = new WorkloadResult(
                "grpc-rate",
                "at a rate",
                1_000,
                COMPARISONS,
                List.of(new Measurement(1, "agent", 1_000, 1, 10_000, 1, 1, new Percentiles(1, 2, 3, 4.5))),
                Map.of(),
                Map.of("agent", List.of(3.0, 2.0)),
                Map.of("nginx", "requests failed"),
                null);
        assertThat(MarkdownReport.of(new BenchResult(Map.of(), List.of(openLoop)), List.of()))
                .contains("Left out: nginx, which failed: requests failed\n");
        BenchResult result = new BenchResult(
                Map.of("commit", "abc"),
                List.of(
                        openLoop,
                        closedLoop("http1", List.of(1.0), List.of(2.0)),
                        WorkloadResult.failed("tcp", "TCP", "haproxy: ended")));
        Path file = directory.resolve("bench.json");

        result.write(file);

        assertThat(BenchResult.read(file)).isEqualTo(result);
    }

    /** Rounds with that CPU time per request, of 100,000 requests in 3 s. */
    private static WorkloadResult closedLoop(String name, List<Double> agent, List<Double> haproxy) {
        List<Measurement> measurements = new ArrayList<>();
        for (int i = 0; i < agent.size(); i++) {
            measurements.add(measurement(i + 1, "agent", agent.get(i)));
            measurements.add(measurement(i + 1, "haproxy", haproxy.get(i)));
        }
        return new WorkloadResult(
                name, "title", null, COMPARISONS, measurements, Map.of("agent", 4.3), Map.of(), null, null);
    }

    private static Measurement measurement(int round, String contender, double cpuMicrosPerRequest) {
        return new Measurement(
                round, contender, 100_000, 3, Math.round(cpuMicrosPerRequest * 100_000), 8_000_000, 9_000_000, null);
    }
}
