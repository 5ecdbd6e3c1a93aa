package io.signalbox.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of the programs that the manifests start.
 *
 * @param workload name of what runs it
 * @param container name of its container
 * @param mainClass where it begins
 */
record Program(String workload, String container, String mainClass) {
    static final Program CONFIG_SERVICE =
            new Program("signalbox-config-service", "config-service", "io.signalbox.configservice.ConfigServiceMain");
    static final Program AGENT = new Program("signalbox-agent", "agent", "io.signalbox.agent.AgentMain");

    private static final Map<String, String> HELP = new TreeMap<>();
    private static final Pattern REFERENCE = Pattern.compile("\\$\\(([A-Z_]+)\\)");

    /** What a run that ended by itself said on both streams, and its exit code. */
    record Run(int exitCode, String output) {}

    /** A process of the program, its output read by nobody but {@code log}. */
    Process start(List<String> arguments, Path log) throws IOException {
        return builder(arguments).redirectOutput(log.toFile()).start();
    }

    Run run(List<String> arguments) throws IOException, InterruptedException {
        Process process = builder(arguments).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }

    /** What it says of its options. */
    String help() throws IOException, InterruptedException {
        synchronized (HELP) {
            String known = HELP.get(mainClass);
            if (known == null) {
                known = run(List.of("--help")).output();
                HELP.put(mainClass, known);
            }
            return known;
        }
    }

    private ProcessBuilder builder(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("SIGNALBOX_"));
        return builder;
    }

    /**
     * The arguments that the kubelet would give it; what it knows and we do not becomes some address, or else the name
     * of the variable.
     */
    List<String> arguments(Build build) {
        JsonNode spec = spec(build);
        Map<String, String> environment = new TreeMap<>();
        Manifest.items(spec.path("env"))
                .forEach(variable -> environment.put(
                        variable.path("name").asText(), variable.path("value").asText(fromField(variable))));
        return Manifest.items(spec.path("args"))
                .map(argument -> REFERENCE.matcher(argument.asText()).replaceAll(reference -> {
                    String value = environment.get(reference.group(1));
                    if (value == null) {
                        throw new AssertionError(argument + ": " + reference.group() + " is in no env");
                    }
                    return Matcher.quoteReplacement(value);
                }))
                .toList();
    }

    private static String fromField(JsonNode variable) {
        return variable.at("/valueFrom/fieldRef/fieldPath").asText().endsWith("IP")
                ? "192.0.2.1"
                : variable.path("name").asText();
    }

    /** The value of an option in the manifests; empty when it is not given. */
    String argument(Build build, String option) {
        return arguments(build).stream()
                .filter(argument -> argument.startsWith(option + "="))
                .map(argument -> argument.substring(option.length() + 1))
                .findFirst()
                .orElse("");
    }

    JsonNode spec(Build build) {
        return build.workloads().stream()
                .filter(object -> object.name().equals(workload))
                .findFirst()
                .orElseThrow()
                .container(container);
    }

    @Override
    public String toString() {
        return container;
    }
}
