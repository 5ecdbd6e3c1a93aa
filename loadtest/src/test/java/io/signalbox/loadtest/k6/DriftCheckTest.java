package io.signalbox.loadtest.k6;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DriftCheckTest {
    private static final DriftCheck CHECK = new DriftCheck(24, 1.5);
    private static final double MEBIBYTE = 1024 * 1024;

    static Stream<Arguments> runs() {
        IntToDoubleFunction steady = i -> 100;
        IntToDoubleFunction quick = i -> 2;
        return Stream.of(
                Arguments.of("nothing changes", steady, quick, List.of()),
                Arguments.of(
                        "the beginning is different", (IntToDoubleFunction) i -> i < 20 ? 5 : 100, quick, List.of()),
                Arguments.of("one moment stands out", (IntToDoubleFunction) i -> i == 95 ? 900 : 100, quick, List.of()),
                Arguments.of("memory grows", (IntToDoubleFunction) i -> 100 + i, quick, List.of("agent Pss, MiB")),
                Arguments.of(
                        "latency grows",
                        steady,
                        (IntToDoubleFunction) i -> i < 80 ? 2 : 4.1,
                        List.of("latency p50, ms")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("runs")
    void theLastFifthIsComparedWithTheSecond(
            String name, IntToDoubleFunction memory, IntToDoubleFunction latency, List<String> broken) {
        assertThat(CHECK.judge(samples(100, memory), windows(100, latency)).stream()
                        .filter(drift -> !drift.holds())
                        .map(DriftCheck.Drift::subject))
                .isEqualTo(broken);
    }

    @Test
    void saysWhatItCompared() {
        assertThat(CHECK.judge(samples(10, i -> i < 8 ? 100 : 130), windows(5, i -> 2)))
                .extracting(DriftCheck.Drift::text)
                .contains("agent Pss, MiB: 100.00 to 130.00 (expected: at most 124.00)")
                .contains("latency p50, ms: 2.00 to 2.00 (expected: at most 4.00)");
    }

    @Test
    void tooShortARunIsRefused() {
        assertThatThrownBy(() -> CHECK.judge(samples(4, i -> 100), windows(10, i -> 2)))
                .hasMessage("soak: 4 samples of memory, 10 windows of latency (expected: at least 5 of each)");
    }

    @Test
    void samplesAreKeptAsCsv() {
        assertThat(Sampler.csv(List.of(new AgentSample(1.25, 4, 3, 2, 1))))
                .isEqualTo("seconds,pss_bytes,heap_bytes,buffer_bytes,connections\n1.3,4,3,2,1\n");
    }

    private static List<AgentSample> samples(int number, IntToDoubleFunction mebibytes) {
        return IntStream.range(0, number)
                .mapToObj(i -> new AgentSample(i, (long) (mebibytes.applyAsDouble(i) * MEBIBYTE), 0, 0, 0))
                .toList();
    }

    private static List<RunSummary.Latency> windows(int number, IntToDoubleFunction p50) {
        return IntStream.range(0, number)
                .mapToObj(i -> new RunSummary.Latency(10, p50.applyAsDouble(i), 0, 0, 0))
                .toList();
    }
}
