package io.signalbox.loadtest.bench.client;

import io.signalbox.loadtest.bench.report.Percentiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * How long requests at a fixed rate took.
 *
 * @param answers how many answered
 * @param all of them but those of the first second
 * @param secondsP99 the p99 of each whole second, in microseconds; the first included
 */
public record Latencies(Client.Answers answers, Percentiles all, List<Double> secondsP99) {
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int DIGITS = 3;

    /**
     * Reads h2load's log: start in microseconds since 1970, status, microseconds until the end of the response.
     *
     * @param intervalMicros how often each place for a request has to send one. What takes longer kept others from
     *     being sent, whose waits are filled in.
     */
    static Latencies read(Path log, long intervalMicros, Client.Answers answers) throws IOException {
        List<long[]> lines = new ArrayList<>();
        long first = Long.MAX_VALUE;
        try (BufferedReader reader = Files.newBufferedReader(log)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] columns = line.split("\t", -1);
                long start = Long.parseLong(columns[0]);
                lines.add(new long[] {start, Math.max(0, Long.parseLong(columns[2]))});
                first = Math.min(first, start);
            }
        }
        Histogram all = new Histogram(DIGITS);
        List<Histogram> seconds = new ArrayList<>();
        for (int i = 0; i < answers.seconds(); i++) {
            seconds.add(new Histogram(DIGITS));
        }
        for (long[] line : lines) {
            int second = (int) ((line[0] - first) / MICROS_PER_SECOND);
            if (second > 0) {
                all.recordValueWithExpectedInterval(line[1], intervalMicros);
            }
            if (second < seconds.size()) {
                seconds.get(second).recordValueWithExpectedInterval(line[1], intervalMicros);
            }
        }
        return new Latencies(
                answers,
                new Percentiles(
                        all.getValueAtPercentile(50),
                        all.getValueAtPercentile(90),
                        all.getValueAtPercentile(99),
                        all.getValueAtPercentile(99.9)),
                seconds.stream()
                        .map(second -> (double) second.getValueAtPercentile(99))
                        .toList());
    }
}
