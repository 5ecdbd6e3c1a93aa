package io.signalbox.loadtest.bench;

import io.signalbox.loadtest.bench.Workload.Load;
import io.signalbox.loadtest.bench.bed.Activity;
import io.signalbox.loadtest.bench.bed.Candidate.Program;
import io.signalbox.loadtest.bench.bed.Contender;
import io.signalbox.loadtest.bench.bed.Shape;
import io.signalbox.loadtest.bench.bed.TestBed;
import io.signalbox.loadtest.bench.bed.Tools;
import io.signalbox.loadtest.bench.client.H2Load;
import io.signalbox.loadtest.bench.client.Latencies;
import io.signalbox.loadtest.bench.client.SyscallCount;
import io.signalbox.loadtest.bench.client.Verification;
import io.signalbox.loadtest.bench.report.Figure;
import io.signalbox.loadtest.bench.report.Measurement;
import io.signalbox.loadtest.bench.report.WorkloadResult;
import io.signalbox.loadtest.harness.ProcStats;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs workloads.
 *
 * @param tools that it needs
 * @param rounds of each workload
 * @param seconds that a round takes; at a fixed rate twice as long
 * @param warmUpSeconds of load on a program that gets faster with use
 */
record Runner(Tools tools, int rounds, int seconds, int warmUpSeconds) {
    private static final int NATIVE_WARM_UP_SECONDS = 2;
    private static final int SETTLE_SECONDS = 1;
    private static final int CALIBRATION_SECONDS = 3;

    /** Runs it; a failure is part of the result. */
    WorkloadResult run(Workload workload) throws InterruptedException {
        System.out.println(workload.name() + ": " + workload.title());
        try (TestBed bed = TestBed.start(workload.setting(), workload.shape(), workload.candidates(), tools)) {
            return measure(workload, bed);
        } catch (IOException | RuntimeException e) {
            System.err.println("bench: " + workload.name() + ": " + e.getMessage());
            return WorkloadResult.failed(
                    workload.name(),
                    workload.title(),
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private WorkloadResult measure(Workload workload, TestBed bed) throws IOException, InterruptedException {
        Shape shape = workload.shape();
        H2Load client = new H2Load(bed.directory(), workload.setting().protocol(), shape.bytes());
        Verification verification =
                new Verification(bed.directory(), workload.setting().protocol(), bed.backends());
        for (Contender contender : bed.contenders()) {
            verification.verify(contender, shape, client.body());
            client.saturate(contender, shape, contender.isWarmedUp() ? warmUpSeconds : NATIVE_WARM_UP_SECONDS);
        }
        @Nullable Integer rate = rate(workload, bed, client);
        List<Contender> contenders = new ArrayList<>(bed.contenders());
        List<Measurement> measurements = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            for (Contender contender : contenders) {
                measurements.add(measure(client, contender, shape, round, rate));
            }
            // Nobody is always first.
            Collections.rotate(contenders, 1);
        }
        Map<String, Double> syscalls = rate == null ? syscalls(bed, client, shape) : Map.of();
        for (Contender contender : bed.contenders()) {
            verification.verify(contender, shape, client.body());
        }
        bed.verifyActivities();
        return new WorkloadResult(
                workload.name(),
                workload.title(),
                rate,
                workload.comparisons(),
                measurements,
                syscalls,
                Map.of(),
                null);
    }

    /** Requests a second; null: as many as there can be. */
    private static @Nullable Integer rate(Workload workload, TestBed bed, H2Load client)
            throws IOException, InterruptedException {
        return switch (workload.load()) {
            case Load.Saturation _ -> null;
            case Load.ShareOfHaproxy share -> {
                Contender haproxy = bed.contenders().stream()
                        .filter(contender -> contender.name().equals(Program.HAPROXY.executable()))
                        .findFirst()
                        .orElseThrow(() -> new IOException("haproxy: left out (expected: there, to find the rate)"));
                Shape one = new Shape(
                        workload.shape().connections(), 1, workload.shape().bytes());
                H2Load.Result most = client.saturate(haproxy, one, CALIBRATION_SECONDS);
                yield (int) (most.succeeded() * share.share() / most.seconds());
            }
        };
    }

    private Measurement measure(H2Load client, Contender contender, Shape shape, int round, @Nullable Integer rate)
            throws IOException, InterruptedException {
        try (Activity.Running _ = contender.activity().begin()) {
            if (!contender.activity().equals(Activity.NONE)) {
                client.saturate(contender, shape, SETTLE_SECONDS);
            }
            ProcStats before = contender.process().stats();
            H2Load.Result result;
            @Nullable Latencies latencies = null;
            if (rate == null) {
                result = client.saturate(contender, shape, seconds);
            } else {
                latencies = client.atRate(contender, shape, rate, 2 * seconds);
                result = latencies.requests();
            }
            ProcStats after = contender.process().stats();
            Measurement measurement = new Measurement(
                    round,
                    contender.name(),
                    result.succeeded(),
                    result.seconds(),
                    after.cpuMicros() - before.cpuMicros(),
                    after.pssBytes(),
                    after.rssBytes(),
                    latencies == null ? null : latencies.all());
            print(measurement);
            return measurement;
        }
    }

    private static Map<String, Double> syscalls(TestBed bed, H2Load client, Shape shape)
            throws IOException, InterruptedException {
        Map<String, Double> syscalls = new TreeMap<>();
        if (SyscallCount.isPossible()) {
            for (Contender contender : bed.contenders()) {
                SyscallCount count = new SyscallCount(bed.directory(), contender.process());
                H2Load.Result result = client.saturate(contender, shape, count.prefix(), SETTLE_SECONDS);
                syscalls.put(contender.name(), (double) count.read() / result.succeeded());
            }
        }
        return syscalls;
    }

    private static void print(Measurement measurement) {
        StringBuilder line = new StringBuilder("  %d %-16s".formatted(measurement.round(), measurement.contender()));
        for (Figure figure : List.of(Figure.CPU, Figure.RATE, Figure.P99, Figure.PSS)) {
            figure.of(measurement)
                    .ifPresent(value -> line.append(String.format(Locale.ROOT, "  %s %.2f", figure.title(), value)));
        }
        System.out.println(line);
    }
}
