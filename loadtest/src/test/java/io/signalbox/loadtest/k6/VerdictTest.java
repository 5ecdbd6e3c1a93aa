package io.signalbox.loadtest.k6;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictTest {
    private static final Share EVEN = new Share("service a", "a-1 5, a-2 5", 0, 9);
    private static final Share UNEVEN = new Share("service b", "b-1 9, b-2 1", 8, 5);
    private static final Share SILENT = new Share("service c", "c-1 0", Double.POSITIVE_INFINITY, 0);

    @Test
    void aGoodRunHasNoProblems() {
        assertThat(verdict(0, null, EVEN).problems()).isEmpty();
    }

    @Test
    void crossedThresholdsAreNamed() {
        assertThat(verdict(99, Recorded.mixed(), EVEN).problems())
                .containsExactly("thresholds crossed: latency{scenario:load} p(95)<0.1");
    }

    @Test
    void anotherExitCodeIsAProblemToo() {
        assertThat(verdict(107, null, EVEN).problems()).containsExactly("k6: exit code 107 (expected: 0)");
    }

    @Test
    void balanceFailsARunThatK6Likes() {
        assertThat(verdict(0, null, EVEN, UNEVEN, SILENT).problems())
                .containsExactly(
                        "service b: b-1 9, b-2 1; off by 8 (expected: at most 5)",
                        "service c: no answers (expected: some)");
    }

    @Test
    void theTerminalIsToldWhatHeldAndWhatDidNot() {
        assertThat(K6Report.text(verdict(0, null, EVEN, UNEVEN)))
                .contains("    held    service a: a-1 5, a-2 5; off by 0 (expected: at most 9)\n")
                .contains("    BROKEN  service b: b-1 9, b-2 1; off by 8 (expected: at most 5)\n")
                .contains("mixed: FAILED\n  service b: ");
        assertThat(K6Report.text(verdict(0, null, EVEN))).endsWith("mixed: passed\n");
    }

    @Test
    void theReportIsMarkdownAndJson() throws IOException {
        K6Report report = new K6Report(Map.of("commit", "abc"), List.of(verdict(99, Recorded.mixed(), EVEN, SILENT)));

        assertThat(report.markdown())
                .contains("- commit: abc\n")
                .contains("## mixed: failed\n\n- thresholds crossed: latency{scenario:load} p(95)<0.1\n")
                .contains("| http-direct | 253 | 0 | 0.4 | 1.1 | 8.9 | 12.7 |\n")
                .contains("| service a | a-1 5, a-2 5 | 0 | 9 |\n");
        JsonNode run = new ObjectMapper().readTree(report.json()).at("/runs/0");
        assertThat(run.at("/passed").asBoolean(true)).isFalse();
        assertThat(run.at("/exit_code").asInt()).isEqualTo(99);
        assertThat(run.at("/balance/1/deviation").isNull()).isTrue();
        assertThat(run.at("/summary/routes/http-direct/answers").asInt()).isEqualTo(253);
    }

    @Test
    void whatIsNoSummaryIsRefused(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("summary.json");
        assertThatThrownBy(() -> RunSummary.read(file)).hasMessageContaining("summary.json: not there (expected: ");
        Files.writeString(file, "{\"thresholds\": []}");
        assertThatThrownBy(() -> RunSummary.read(file)).hasMessageContaining("no routes (expected: ");
    }

    private static Verdict verdict(int exitCode, @Nullable RunSummary summary, Share... shares) {
        return new Verdict(
                Script.MIXED, exitCode, summary, List.of(shares), List.of(), Map.of("agent", "Pss 100 MiB"), List.of());
    }
}
