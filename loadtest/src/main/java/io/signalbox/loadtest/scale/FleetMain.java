package io.signalbox.loadtest.scale;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.loadtest.harness.Launchers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The control plane under a thousand agents as a program: {@code loadtest/bin/fleet}. */
@Command(
        name = "fleet",
        mixinStandardHelpOptions = true,
        description = "Connects simulated agents to a config service with a large registry, changes the registry at a"
                + " fixed rate, and writes a report of how long changes take to the last ack.")
public final class FleetMain implements Callable<Integer> {
    @Option(
            names = "--services",
            split = ",",
            description = "Sizes of the registry, one run each. Default: ${DEFAULT-VALUE}.")
    private List<Integer> services = List.of(5000, 10_000);

    @Option(names = "--endpoints", description = "Endpoints a service. Default: ${DEFAULT-VALUE}.")
    private int endpoints = 10;

    @Option(
            names = "--rules",
            description = "VirtualServices, and as many DestinationRules. Default: ${DEFAULT-VALUE}.")
    private int rules = 500;

    @Option(names = "--agents", description = "Default: ${DEFAULT-VALUE}.")
    private int agents = 1000;

    @Option(names = "--checked", description = "Agents that hash all content. Default: ${DEFAULT-VALUE}.")
    private int checked = 10;

    @Option(names = "--pods", description = "Pods a node. Default: ${DEFAULT-VALUE}.")
    private int pods = 3;

    @Option(names = "--rate", description = "Changes a second. Default: ${DEFAULT-VALUE}.")
    private int rate = 100;

    @Option(
            names = "--structure",
            split = ",",
            description = "Percent of the changes that are of VirtualServices, DestinationRules and Services, one run"
                    + " each. Default: ${DEFAULT-VALUE}.")
    private List<Integer> structure = List.of(0, 10);

    @Option(names = "--warm-up", description = "Seconds of changes before those counted. Default: ${DEFAULT-VALUE}.")
    private int warmUpSeconds = 15;

    @Option(names = "--seconds", description = "Seconds of changes that count. Default: ${DEFAULT-VALUE}.")
    private int seconds = 60;

    @Option(names = "--results", description = "Directory for the report. Default: loadtest/results.")
    private Path results = Launchers.root().resolve("loadtest/results");

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new FleetMain())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    System.err.println("fleet: " + failure.getMessage());
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<String, Map<String, Object>> runs = new LinkedHashMap<>();
        for (int size : services) {
            for (int percent : structure) {
                String name = size + " services, " + percent + " % structure";
                System.err.println("fleet: " + name);
                runs.put(
                        name,
                        new FleetRun(
                                        new LargeRegistry(size, endpoints, Math.min(rules, size)),
                                        agents,
                                        Math.min(checked, agents),
                                        pods,
                                        rate,
                                        percent,
                                        Duration.ofSeconds(warmUpSeconds),
                                        Duration.ofSeconds(seconds))
                                .run(Launchers.root().resolve("loadtest/target/fleet")));
            }
        }
        Map<String, String> facts = facts();
        String text = markdown(facts, runs);
        System.out.print(text);
        Files.createDirectories(results);
        Path file = results.resolve("fleet-" + facts.get("commit"));
        Files.writeString(file.resolveSibling(file.getFileName() + ".md"), text);
        Files.writeString(
                file.resolveSibling(file.getFileName() + ".json"),
                new ObjectMapper()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(Map.of("facts", facts, "runs", runs)));
        System.out.println("\nWritten to " + file + ".md and .json");
        return 0;
    }

    private static String markdown(Map<String, String> facts, Map<String, Map<String, Object>> runs) {
        StringBuilder text = new StringBuilder("# The control plane under many agents\n\n");
        facts.forEach((name, value) ->
                text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("""

                Agents are simulated in one process, each with a stream and a connection of its own; they share the CPUs with the
                config service. A change is one file moved into place; it counts as arrived at an agent when that acks the first
                revision in which the change was seen. Latencies are over all changes.

                """);
        text.append("| figure | ").append(String.join(" | ", runs.keySet())).append(" |\n|---|");
        text.append("---|".repeat(runs.size())).append('\n');
        Set<String> names = new LinkedHashSet<>();
        runs.values().forEach(figures -> names.addAll(figures.keySet()));
        for (String name : names) {
            List<String> row = new ArrayList<>();
            runs.values().forEach(figures -> row.add(String.valueOf(figures.getOrDefault(name, ""))));
            text.append("| ")
                    .append(name)
                    .append(" | ")
                    .append(String.join(" | ", row))
                    .append(" |\n");
        }
        return text.toString();
    }

    private Map<String, String> facts() throws IOException, InterruptedException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("commit", output("git", "-C", Launchers.root().toString(), "rev-parse", "--short", "HEAD"));
        facts.put(
                "machine",
                Runtime.getRuntime().availableProcessors() + " CPUs, Linux " + output("uname", "-r") + ", JDK "
                        + Runtime.version());
        facts.put(
                "command",
                "loadtest/bin/fleet --services " + joined(services) + " --endpoints " + endpoints + " --rules " + rules
                        + " --agents " + agents + " --checked " + checked + " --pods " + pods + " --rate " + rate
                        + " --structure " + joined(structure) + " --warm-up " + warmUpSeconds + " --seconds "
                        + seconds);
        return facts;
    }

    private static String joined(List<Integer> numbers) {
        return String.join(",", numbers.stream().map(String::valueOf).toList());
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return text;
    }
}
