package io.signalbox.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchTest {
    @Test
    void readsWhatH2loadSays() throws IOException {
        String output = """
                finished in 1.02s, 155340.00 req/s, 20.60MB/s
                requests: 155340 total, 155436 started, 155340 done, 155337 succeeded, 2 failed, 1 errored, 0 timeout
                status codes: 155330 2xx, 0 3xx, 3 4xx, 4 5xx
                """;

        assertThat(H2Load.parse(output, 3)).isEqualTo(new H2Load.Result(155_330, 10, 3));
        assertThatThrownBy(() -> H2Load.parse("could not connect", 3)).hasMessageContaining("could not connect");
    }

    @Test
    void formsMediansAndRatiosByRound() throws IOException {
        BenchReport report = new BenchReport(
                "agent",
                Map.of("commit", "abc"),
                Map.of(
                        Protocol.HTTP2,
                        List.of(
                                List.of(measurement("agent", 1_000_000), measurement("haproxy", 2_000_000)),
                                List.of(measurement("haproxy", 2_000_000), measurement("agent", 1_500_000)),
                                List.of(measurement("agent", 600_000), measurement("haproxy", 2_000_000)))));

        assertThat(report.markdown())
                .contains("- commit: abc\n")
                .contains("| agent | 10.00 | 10.00 15.00 6.00 | 33333 | 0.33 | 8 |\n")
                .contains("| agent / haproxy | 0.50 | 0.30 to 0.75 |\n");
        assertThat(new ObjectMapper()
                        .readTree(report.json())
                        .at("/http2/ratios/agent~1haproxy")
                        .asDouble())
                .isEqualTo(0.5);
    }

    private static Measurement measurement(String contender, long cpuMicros) {
        return new Measurement(contender, 100_000, cpuMicros, 3, 8_000_000);
    }
}
