package io.signalbox.loadtest.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A result as Markdown. */
public final class MarkdownReport {
    private static final List<Figure> CLOSED_LOOP = List.of(Figure.CPU, Figure.RATE, Figure.CPU_USED, Figure.PSS);
    private static final List<Figure> OPEN_LOOP =
            List.of(Figure.CPU, Figure.P50, Figure.P90, Figure.P99, Figure.P999, Figure.PSS);

    private final BenchResult result;
    private final StringBuilder text = new StringBuilder();

    private MarkdownReport(BenchResult result) {
        this.result = result;
    }

    /**
     * The report on a result.
     *
     * @param charts files beside it that show something of it
     */
    public static String of(BenchResult result, List<String> charts) {
        MarkdownReport report = new MarkdownReport(result);
        report.head();
        report.requirements();
        charts.forEach(chart -> report.text
                .append("\n![")
                .append(chart)
                .append("](")
                .append(chart)
                .append(")\n"));
        result.workloads().forEach(report::workload);
        return report.text.toString();
    }

    private void head() {
        text.append("# The agent and its peers, side by side\n\n");
        result.facts()
                .forEach((name, value) -> text.append("- ")
                        .append(name)
                        .append(": ")
                        .append(value)
                        .append('\n'));
        text.append("""

                The contender under test has CPU 0 for itself; the client, the backends and the config service share CPU 1. CPU per
                request is user and system time of the contender over successful requests. Rounds are interleaved; ratios are formed
                within a round, since the machine's speed drifts, and their median and range are shown. Every answer's status
                was checked, and before and after the rounds that every backend gets its share. Before each
                round the contender serves for a second, so that nobody is measured while its memory and the CPU's caches are cold
                from the others' turns. The client opens its connections anew in each round, which is part of the cost.

                Latency is that of h2load at a fixed rate (an open loop), the first second left out. h2load sends up to 10 ms
                worth of requests at a time, and dates a request when it is sent: one that had to wait for a free connection or
                stream would hide that (coordinated omission), so the waits are filled in as HdrHistogram does.
                """);
    }

    private void requirements() {
        text.append(
                "\n## What must be shown\n\n| | must | aim | measured: median (range) | |\n|---|---|---|---|---|\n");
        for (Requirement requirement : Requirement.ALL) {
            Optional<Spread> measured = requirement.measured(result);
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %s |\n",
                    requirement.title(),
                    number(requirement.must()),
                    number(requirement.aim()),
                    measured.map(MarkdownReport::spread).orElse(""),
                    measured.map(requirement::verdict).orElse("not measured in this run")));
        }
        text.append("\nHow soon 1,000 agents have a change is measured by `loadtest/bin/fleet`.\n");
    }

    private void workload(WorkloadResult workload) {
        text.append("\n## ")
                .append(workload.name())
                .append(": ")
                .append(workload.title())
                .append("\n\n");
        if (workload.problem() != null) {
            text.append("**Could not be measured:** ")
                    .append(workload.problem())
                    .append("\n");
            return;
        }
        if (workload.requestsPerSecond() != null) {
            text.append(String.format(Locale.ROOT, "%,d requests/s.\n\n", workload.requestsPerSecond()));
        }
        boolean isOpenLoop = workload.measurements().stream().anyMatch(m -> m.latency() != null);
        Map<String, String> leftOut = workload.leftOut();
        if (leftOut != null) {
            leftOut.forEach((contender, reason) -> text.append("Left out: ")
                    .append(contender)
                    .append(", which failed: ")
                    .append(reason)
                    .append("\n\n"));
        }
        figures(workload, isOpenLoop ? OPEN_LOOP : CLOSED_LOOP);
        ratios(workload, isOpenLoop ? List.of(Figure.CPU, Figure.P50, Figure.P99, Figure.P999) : List.of(Figure.CPU));
    }

    private void figures(WorkloadResult workload, List<Figure> figures) {
        boolean hasSyscalls = !workload.syscallsPerRequest().isEmpty();
        text.append("| |")
                .append(figures.stream().map(Figure::title).collect(Collectors.joining(" | ")))
                .append(" | CPU by round |")
                .append(hasSyscalls ? " syscalls/request |" : "")
                .append("\n|---|")
                .append("---|".repeat(figures.size() + (hasSyscalls ? 2 : 1)))
                .append('\n');
        for (String contender : workload.contenders()) {
            text.append("| ").append(contender).append(" |");
            for (Figure figure : figures) {
                text.append(' ')
                        .append(Spread.of(workload.values(contender, figure))
                                .map(spread -> number(spread.median()))
                                .orElse(""))
                        .append(" |");
            }
            text.append(' ')
                    .append(workload.values(contender, Figure.CPU).stream()
                            .map(MarkdownReport::number)
                            .collect(Collectors.joining(" ")))
                    .append(" |");
            if (hasSyscalls) {
                Double syscalls = workload.syscallsPerRequest().get(contender);
                text.append(' ')
                        .append(syscalls == null ? "" : number(syscalls))
                        .append(" |");
            }
            text.append('\n');
        }
    }

    private void ratios(WorkloadResult workload, List<Figure> figures) {
        if (workload.comparisons().isEmpty()) {
            return;
        }
        text.append("\n| ratio |")
                .append(figures.stream().map(Figure::title).collect(Collectors.joining(" | ")))
                .append(" |\n|---|")
                .append("---|".repeat(figures.size()))
                .append('\n');
        for (Comparison comparison : workload.comparisons()) {
            text.append("| ").append(comparison).append(" |");
            for (Figure figure : figures) {
                text.append(' ')
                        .append(workload.ratio(comparison, figure)
                                .map(MarkdownReport::spread)
                                .orElse(""))
                        .append(" |");
            }
            text.append('\n');
        }
    }

    static String spread(Spread spread) {
        return number(spread.median()) + " (" + number(spread.least()) + " to " + number(spread.greatest()) + ")";
    }

    /** With as many digits as mean something. */
    static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }
}
