package io.signalbox.loadtest.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All results that are kept, oldest first.
 *
 * @param runs with the names of their directories
 */
public record History(List<Run> runs) {
    private static final String PAGE = "history.md";
    private static final String CHART = "history.png";

    public History {
        runs = List.copyOf(runs);
    }

    /** Reads the results in the directories of {@code results}. */
    public static History read(Path results) throws IOException {
        List<Run> runs = new ArrayList<>();
        try (Stream<Path> directories = Files.list(results)) {
            for (Path directory : directories.toList()) {
                Path file = directory.resolve("bench.json");
                if (Files.exists(file)) {
                    runs.add(new Run(directory.getFileName().toString(), BenchResult.read(file)));
                }
            }
        }
        runs.sort(Comparator.comparing((Run run) -> run.result().fact("date")).thenComparing(Run::name));
        return new History(runs);
    }

    /** Writes the page and the chart of what must be shown, run by run. */
    public void write(Path results) throws IOException {
        Files.writeString(results.resolve(PAGE), markdown());
        Map<String, List<Double>> figures = new LinkedHashMap<>();
        for (Requirement requirement : Requirement.ALL) {
            if (requirement.to() != null) {
                figures.put(
                        requirement.title(),
                        runs.stream()
                                .map(run -> requirement
                                        .measured(run.result())
                                        .map(Spread::median)
                                        .orElse(Double.NaN))
                                .toList());
            }
        }
        figures.values().removeIf(values -> values.stream().allMatch(value -> value.isNaN()));
        if (!figures.isEmpty()) {
            Charts.drawHistory(figures, results, CHART);
        }
    }

    String markdown() {
        StringBuilder text = new StringBuilder("""
                # Results over time

                What must be shown, in every run of `loadtest/bin/bench` that is kept: median (range). Written by it.

                ![ratios, run by run](%s)

                | | run | commit | command |
                |---|---|---|---|
                """.formatted(CHART));
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            text.append(String.format(
                    Locale.ROOT,
                    "| %d | [%s](%s/report.md) | %s | `%s` |\n",
                    i + 1,
                    run.name(),
                    run.name(),
                    run.result().fact("commit"),
                    run.result().fact("command")));
        }
        text.append("\n| | must |");
        for (int i = 1; i <= runs.size(); i++) {
            text.append(' ').append(i).append(" |");
        }
        text.append("\n|---|---|").append("---|".repeat(runs.size())).append('\n');
        for (Requirement requirement : Requirement.ALL) {
            text.append("| ")
                    .append(requirement.title())
                    .append(" | ")
                    .append(MarkdownReport.number(requirement.must()))
                    .append(" | ")
                    .append(runs.stream()
                            .map(run -> requirement
                                    .measured(run.result())
                                    .map(MarkdownReport::spread)
                                    .orElse(""))
                            .collect(Collectors.joining(" | ")))
                    .append(" |\n");
        }
        return text.toString();
    }

    /**
     * One run.
     *
     * @param name of its directory
     * @param result of it
     */
    public record Run(String name, BenchResult result) {}
}
