package io.signalbox.loadtest.startup;

import io.signalbox.loadtest.harness.Origin;
import io.signalbox.loadtest.harness.ProcStats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Collects the figures and puts them into a page. */
final class StartupReport {
    private static final long MUST_MILLIS = 800;
    private static final List<Integer> SECONDS = List.of(1, 2, 3, 4, 5, 10, 20, 30, 60);

    private final Map<String, List<Start>> starts = new LinkedHashMap<>();
    private final Map<String, List<Double>> firstMinutes = new LinkedHashMap<>();
    private final Map<String, Long> pssAfterLoad = new LinkedHashMap<>();

    /**
     * One start.
     *
     * @param millis from exec until the program said that it is ready
     * @param cpuMillis processor time until then
     * @param pssBytes memory two seconds later
     */
    record Start(long millis, long cpuMillis, long pssBytes) {}

    void start(String program, String kind, Start start) {
        starts.computeIfAbsent(program + ", " + kind, key -> new ArrayList<>()).add(start);
    }

    void firstMinute(String kind, List<Double> p99BySecond) {
        firstMinutes.put(kind, p99BySecond);
    }

    void pssAfterLoad(String kind, ProcStats stats) {
        pssAfterLoad.put(kind, stats.pssBytes());
    }

    String markdown(Origin origin, int rate) {
        StringBuilder text = new StringBuilder("# Start and first minute\n\n")
                .append(origin.markdown())
                .append("\n\nMedian (least to most) of all starts; ready must come within ")
                .append(MUST_MILLIS)
                .append(
                        " ms.\n\n| program | exec to ready, ms | CPU until then, ms | Pss 2 s later, MB |\n|---|---|---|---|\n");
        starts.forEach((name, all) -> text.append("| ")
                .append(name)
                .append(" | ")
                .append(spread(all, Start::millis))
                .append(" | ")
                .append(spread(all, Start::cpuMillis))
                .append(" | ")
                .append(spread(all, start -> start.pssBytes() >> 20))
                .append(" |\n"));
        text.append("\n99th percentile of HTTP/1.1 latency through the agent, in ms, at ")
                .append(rate)
                .append(" requests a second from the moment that it is ready, by second.\n\n| agent |");
        List<Integer> shown = SECONDS.stream()
                .filter(second -> firstMinutes.values().stream().allMatch(all -> all.size() >= second))
                .toList();
        shown.forEach(second -> text.append(' ').append(second).append(" |"));
        text.append(" Pss afterwards, MB |\n|---|")
                .append("---|".repeat(shown.size() + 1))
                .append('\n');
        firstMinutes.forEach((kind, all) -> {
            text.append("| ").append(kind).append(" |");
            shown.forEach(second -> text.append(String.format(Locale.ROOT, " %.1f |", all.get(second - 1))));
            text.append(' ').append(pssAfterLoad.getOrDefault(kind, 0L) >> 20).append(" |\n");
        });
        return text.toString();
    }

    private static String spread(List<Start> all, ToLongFunction<Start> figure) {
        long[] sorted = all.stream().mapToLong(figure).sorted().toArray();
        return sorted[sorted.length / 2] + " (" + sorted[0] + " to " + sorted[sorted.length - 1] + ")";
    }
}
