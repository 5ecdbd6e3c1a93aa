package io.signalbox.loadtest.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.loadtest.bench.report.Percentiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2LoadTest {
    private static final Client.Answers THREE_SECONDS = new Client.Answers(300, 0, 3);

    @TempDir
    private Path directory;

    @Test
    void readsWhatH2loadSays() throws IOException {
        String output = """
                finished in 1.02s, 155340.00 req/s, 20.60MB/s
                requests: 155340 total, 155436 started, 155340 done, 155337 succeeded, 2 failed, 1 errored, 0 timeout
                status codes: 155330 2xx, 0 3xx, 3 4xx, 4 5xx
                """;

        assertThat(H2Load.parse(output, 3)).isEqualTo(new Client.Answers(155_330, 10, 3));
        assertThatThrownBy(() -> H2Load.parse("could not connect", 3)).hasMessageContaining("could not connect");
    }

    @Test
    void latenciesLeaveOutTheFirstSecond() throws IOException {
        Latencies latencies = Latencies.read(log(second -> second == 0 ? 9_000 : 100), 1_000_000, THREE_SECONDS);

        assertThat(latencies.all()).isEqualTo(new Percentiles(100, 100, 100, 100));
        assertThat(latencies.secondsP99()).hasSize(3).last().isEqualTo(100.0);
        assertThat(latencies.secondsP99().getFirst()).isBetween(9_000.0, 9_010.0);
    }

    @Test
    void anAnswerThatKeptRequestsFromBeingSentCountsForThemToo() throws IOException {
        // One place for a request, due every 10 ms: an answer after 500 ms has kept about 50 waiting, 250 ms on
        // average.
        List<String> lines = new ArrayList<>(List.of("0\t200\t0", "1000000\t200\t500000"));
        for (int i = 0; i < 50; i++) {
            lines.add(1_500_000 + i * 10_000 + "\t200\t0");
        }
        Path log = Files.write(directory.resolve("log"), lines);

        assertThat(Latencies.read(log, 10_000, THREE_SECONDS).all().p90()).isBetween(350_000.0, 450_000.0);
    }

    @Test
    void readsWhatPerfCounted() throws IOException {
        assertThat(SyscallCount.parse("# started on Mon\n\n12345,,raw_syscalls:sys_enter,100,100.00,,\n"))
                .isEqualTo(12_345);
        assertThatThrownBy(() -> SyscallCount.parse("<not counted>,,raw_syscalls:sys_enter,0,0.00,,\n"))
                .hasMessageStartingWith("perf: <not counted>");
    }

    /** A hundred requests in each of three seconds. */
    private Path log(IntUnaryOperator microsBySecond) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            lines.add(1_700_000_000_000_000L + i * 10_000L + "\t200\t" + microsBySecond.applyAsInt(i / 100));
        }
        return Files.write(directory.resolve("requests"), lines);
    }
}
