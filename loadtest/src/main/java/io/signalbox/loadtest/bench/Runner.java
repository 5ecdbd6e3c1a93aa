package io.signalbox.loadtest.bench;

import io.signalbox.loadtest.bench.Workload.Load;
import io.signalbox.loadtest.bench.bed.Activity;
import io.signalbox.loadtest.bench.bed.Candidate.Program;
import io.signalbox.loadtest.bench.bed.Contender;
import io.signalbox.loadtest.bench.bed.Protocol;
import io.signalbox.loadtest.bench.bed.Shape;
import io.signalbox.loadtest.bench.bed.TestBed;
import io.signalbox.loadtest.bench.bed.Tools;
import io.signalbox.loadtest.bench.client.Client;
import io.signalbox.loadtest.bench.client.H2Load;
import io.signalbox.loadtest.bench.client.StreamingClient;
import io.signalbox.loadtest.bench.client.SyscallCount;
import io.signalbox.loadtest.bench.client.Verification;
import io.signalbox.loadtest.bench.report.Measurement;
import io.signalbox.loadtest.bench.report.WorkloadResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
    /** Load before each round: caches are cold from the others' turns. */
    private static final int SETTLE_SECONDS = 1;

    private static final int CALIBRATION_SECONDS = 3;
    private static final int MOST_COLD_STARTS = 3;

    /** Runs it; a failure is part of the result. */
    WorkloadResult run(Workload workload) throws InterruptedException {
        System.out.println(workload.name() + ": " + workload.title());
        try {
            if (workload.load() instanceof Load.ColdStart cold) {
                return new ColdStarts(tools, Math.min(rounds, MOST_COLD_STARTS)).run(workload, cold);
            }
            try (TestBed bed = TestBed.start(workload.setting(), workload.shape(), workload.candidates(), tools)) {
                return measure(workload, bed);
            }
        } catch (IOException | RuntimeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted");
            }
            System.err.println("bench: " + workload.name() + ": " + e.getMessage());
            return WorkloadResult.failed(
                    workload.name(),
                    workload.title(),
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private WorkloadResult measure(Workload workload, TestBed bed) throws IOException, InterruptedException {
        Shape shape = workload.shape();
        // Streams that are there for bursts of an open loop would all be used at once: more than some peers stand.
        Shape busy =
                workload.load() instanceof Load.Saturation ? shape : new Shape(shape.connections(), 1, shape.bytes());
        H2Load h2load = new H2Load(bed.directory(), workload.setting().protocol(), shape.bytes());
        boolean isStreaming = workload.setting().protocol() == Protocol.GRPC_STREAMS;
        Client client = isStreaming ? new StreamingClient(bed.backends()) : h2load;
        Verification verification =
                new Verification(bed.directory(), workload.setting().protocol(), bed.backends(), bed.leastShare());
        Lineup lineup = new Lineup(bed.contenders());
        lineup.each(contender -> {
            if (!isStreaming) {
                verification.verify(contender, shape, h2load.body());
            }
            warmUp(client, contender, busy);
        });
        int rate = rate(workload, bed, h2load, busy);
        if (rate > 0) {
            System.out.println("  " + rate + " requests/s");
        }
        Round.Traffic traffic = contender -> rate == 0
                ? new Round.Outcome(client.saturate(contender, shape, seconds), null)
                : Round.Outcome.of(h2load.atRate(contender, shape, rate, 2 * seconds));
        List<Measurement> measurements = new ArrayList<>();
        for (int number = 1; number <= rounds; number++) {
            int round = number;
            lineup.each(contender -> {
                try (Activity.Running _ = contender.activity().begin()) {
                    client.saturate(contender, busy, SETTLE_SECONDS);
                    measurements.add(new Round(round, contender).measure(traffic));
                }
            });
            lineup.rotate();
        }
        Map<String, Double> syscalls = rate == 0 && !isStreaming ? syscalls(bed, lineup, h2load, shape) : Map.of();
        if (!isStreaming) {
            lineup.each(contender -> verification.verify(contender, shape, h2load.body()));
        }
        measurements.removeIf(measurement -> lineup.leftOut().containsKey(measurement.contender()));
        bed.verifyActivities();
        return new WorkloadResult(
                workload.name(),
                workload.title(),
                rate == 0 ? null : rate,
                workload.comparisons(),
                measurements,
                syscalls,
                Map.of(),
                lineup.leftOut(),
                null);
    }

    /**
     * In parts as long as a round: what happens when connections open, and end with requests on them, has a compiler go
     * back on what it assumed, and the hottest methods are compiled anew.
     */
    private void warmUp(Client client, Contender contender, Shape shape) throws IOException, InterruptedException {
        int left = contender.isWarmedUp() ? warmUpSeconds : NATIVE_WARM_UP_SECONDS;
        for (; left > 0; left -= seconds) {
            client.saturate(contender, shape, Math.min(left, seconds));
        }
    }

    /** Requests a second; 0: as many as there can be. */
    private static int rate(Workload workload, TestBed bed, H2Load client, Shape busy)
            throws IOException, InterruptedException {
        return switch (workload.load()) {
            case Load.Saturation _ -> 0;
            case Load.FixedRate fixed -> fixed.requestsPerSecond();
            case Load.ColdStart cold -> cold.requestsPerSecond();
            case Load.ShareOfHaproxy share -> {
                Contender haproxy = bed.contenders().stream()
                        .filter(contender -> contender.name().equals(Program.HAPROXY.executable()))
                        .findFirst()
                        .orElseThrow(() -> new IOException("haproxy: left out (expected: there, to find the rate)"));
                Client.Answers most = client.saturate(haproxy, busy, CALIBRATION_SECONDS);
                yield (int) (most.succeeded() * share.share() / most.seconds());
            }
        };
    }

    /** By contender; empty, with the reason on the terminal, where they cannot be counted: the rounds count without. */
    private static Map<String, Double> syscalls(TestBed bed, Lineup lineup, H2Load client, Shape shape)
            throws InterruptedException {
        if (!SyscallCount.isPossible()) {
            System.out.println(
                    "  system calls are not counted: perf is missing (install it: apt-get install linux-perf)");
            return Map.of();
        }
        Map<String, Double> syscalls = new TreeMap<>();
        try {
            for (Contender contender : lineup.contenders()) {
                SyscallCount count = new SyscallCount(bed.directory(), contender.process());
                Client.Answers answers = client.saturate(contender, shape, count.prefix(), SETTLE_SECONDS);
                syscalls.put(contender.name(), (double) count.read() / answers.succeeded());
            }
            return syscalls;
        } catch (IOException e) {
            System.out.println("  system calls are not counted: " + e.getMessage());
            return Map.of();
        }
    }
}
