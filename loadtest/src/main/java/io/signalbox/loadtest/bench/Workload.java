package io.signalbox.loadtest.bench;

import io.signalbox.loadtest.bench.bed.Candidate;
import io.signalbox.loadtest.bench.bed.Setting;
import io.signalbox.loadtest.bench.bed.Shape;
import io.signalbox.loadtest.bench.report.Comparison;
import java.util.List;

/**
 * One line of the benchmark's table: what is sent by whom through what.
 *
 * @param name for {@code --workload} and in results
 * @param suite the smallest suite that it belongs to
 * @param title for people
 * @param setting what runs behind the contenders
 * @param shape of the traffic
 * @param load how the traffic arrives
 * @param candidates who is measured
 * @param comparisons whose figures are divided by whose
 */
record Workload(
        String name,
        Suite suite,
        String title,
        Setting setting,
        Shape shape,
        Load load,
        List<Candidate> candidates,
        List<Comparison> comparisons) {

    Workload {
        candidates = List.copyOf(candidates);
        comparisons = List.copyOf(comparisons);
    }

    /** Which workloads one command runs. */
    enum Suite {
        /** What the table of what must be shown needs. */
        MUST,
        /** Every workload. */
        ALL
    }

    /** How traffic arrives. */
    sealed interface Load {
        /** As many requests as the contender takes: a closed loop. */
        record Saturation() implements Load {}

        /** A share of what haproxy takes at most, found out anew by each run: an open loop. */
        record ShareOfHaproxy(double share) implements Load {}

        /** So many requests a second: an open loop. */
        record FixedRate(int requestsPerSecond) implements Load {}

        /** The same from the moment that a program is ready, for so many seconds. */
        record ColdStart(int requestsPerSecond, int seconds) implements Load {}
    }
}
