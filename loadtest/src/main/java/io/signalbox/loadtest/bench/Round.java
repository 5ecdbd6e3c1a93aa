package io.signalbox.loadtest.bench;

import io.signalbox.loadtest.bench.bed.Contender;
import io.signalbox.loadtest.bench.client.Client;
import io.signalbox.loadtest.bench.client.Latencies;
import io.signalbox.loadtest.bench.report.Figure;
import io.signalbox.loadtest.bench.report.Measurement;
import io.signalbox.loadtest.bench.report.Percentiles;
import io.signalbox.loadtest.harness.ProcStats;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One round of one contender.
 *
 * @param number from 1
 * @param contender whose CPU time counts while traffic runs
 */
record Round(int number, Contender contender) {

    /** Sends the traffic and says what it cost. */
    Measurement measure(Traffic traffic) throws IOException, InterruptedException {
        ProcStats before = contender.process().stats();
        Outcome outcome = traffic.send(contender);
        ProcStats after = contender.process().stats();
        Measurement measurement = new Measurement(
                number,
                contender.name(),
                outcome.answers().succeeded(),
                outcome.answers().seconds(),
                after.cpuMicros() - before.cpuMicros(),
                after.pssBytes(),
                after.rssBytes(),
                outcome.latency());
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "  %d %-22s", number, contender.name()));
        for (Figure figure : List.of(Figure.CPU, Figure.RATE, Figure.P99, Figure.PSS)) {
            figure.of(measurement)
                    .ifPresent(value -> line.append(String.format(Locale.ROOT, "  %s %.2f", figure.title(), value)));
        }
        System.out.println(line);
        return measurement;
    }

    /** Sends requests to a contender. */
    @FunctionalInterface
    interface Traffic {
        Outcome send(Contender contender) throws IOException, InterruptedException;
    }

    /**
     * How they were answered.
     *
     * @param answers how many
     * @param latency how fast; absent where they were not sent at a fixed rate
     */
    record Outcome(Client.Answers answers, @Nullable Percentiles latency) {
        static Outcome of(Latencies latencies) {
            return new Outcome(latencies.answers(), latencies.all());
        }
    }
}
