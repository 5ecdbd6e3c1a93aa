package io.signalbox.loadtest.bench;

import io.signalbox.loadtest.bench.bed.Candidate;
import io.signalbox.loadtest.bench.bed.Contender;
import io.signalbox.loadtest.bench.bed.TestBed;
import io.signalbox.loadtest.bench.bed.Tools;
import io.signalbox.loadtest.bench.client.H2Load;
import io.signalbox.loadtest.bench.client.Latencies;
import io.signalbox.loadtest.bench.report.Measurement;
import io.signalbox.loadtest.bench.report.WorkloadResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Starts each candidate anew for each round, and sends it traffic from the moment that it is ready.
 *
 * @param tools that it needs
 * @param starts of each candidate
 */
record ColdStarts(Tools tools, int starts) {

    WorkloadResult run(Workload workload, Workload.Load.ColdStart load) throws IOException, InterruptedException {
        List<Measurement> measurements = new ArrayList<>();
        Map<String, List<Double>> secondsP99 = new TreeMap<>();
        for (int start = 1; start <= starts; start++) {
            for (Candidate candidate : workload.candidates()) {
                try (TestBed bed = TestBed.start(workload.setting(), workload.shape(), List.of(candidate), tools)) {
                    H2Load client = new H2Load(
                            bed.directory(),
                            workload.setting().protocol(),
                            workload.shape().bytes());
                    Contender contender = bed.contenders().getFirst();
                    List<Double> seconds = new ArrayList<>();
                    measurements.add(new Round(start, contender).measure(cold -> {
                        Latencies latencies =
                                client.atRate(cold, workload.shape(), load.requestsPerSecond(), load.seconds());
                        seconds.addAll(latencies.secondsP99());
                        return Round.Outcome.of(latencies);
                    }));
                    secondsP99.put(contender.name() + ", start " + start, seconds);
                }
            }
        }
        return new WorkloadResult(
                workload.name(),
                workload.title(),
                load.requestsPerSecond(),
                workload.comparisons(),
                measurements,
                Map.of(),
                secondsP99,
                null,
                null);
    }
}
