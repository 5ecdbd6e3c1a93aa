package io.signalbox.loadtest.bench;

import io.signalbox.loadtest.bench.bed.Candidate.Program;
import io.signalbox.loadtest.bench.bed.Tools;
import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.Origin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What was run where. */
final class Facts {
    private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

    private Facts() {}

    /** Of this machine, now. */
    static Map<String, String> of(String command, Set<Program> programs, Tools tools)
            throws IOException, InterruptedException {
        Origin origin = Origin.of(command);
        List<String> versions = new ArrayList<>(List.of("JDK " + origin.jdk()));
        for (Program program : programs) {
            switch (program) {
                case AGENT -> {}
                case HAPROXY -> versions.add(firstLine(output("haproxy", "-v")));
                case NGINX -> versions.add(firstLine(output("nginx", "-v")));
                case NGHTTPX -> versions.add(firstLine(output("nghttpx", "--version")));
                case ENVOY ->
                    versions.add("Envoy " + output(tools.envoy(), "--version").replaceAll("(?s).*version: ", ""));
            }
        }
        versions.add(firstLine(output("h2load", "--version")));
        return new TreeMap<>(Map.of(
                "command",
                origin.command(),
                "commit",
                commit(),
                "date",
                LocalDateTime.now(ZoneOffset.UTC).format(MINUTES),
                "machine",
                origin.machine(),
                "versions",
                String.join("; ", versions)));
    }

    /** A new directory for a run with these facts: date and commit, and a number if there is one already. */
    static Path newDirectory(Path results, Map<String, String> facts) throws IOException {
        String date = facts.getOrDefault("date", "");
        String name = date.substring(0, date.indexOf(' ')) + "-" + facts.get("commit");
        Path directory = results.resolve(name);
        for (int number = 2; Files.exists(directory); number++) {
            directory = results.resolve(name + "-" + number);
        }
        return Files.createDirectories(directory);
    }

    /** The commit that was measured, marked if files differ from it; results do not count. */
    private static String commit() throws IOException, InterruptedException {
        String root = Launchers.root().toString();
        String commit = output("git", "-C", root, "rev-parse", "--short", "HEAD");
        String changes = output(
                "git", "-C", root, "status", "--porcelain", "--untracked-files=no", "--", ".", ":!loadtest/results");
        return changes.isEmpty() ? commit : commit + "-changed";
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.strip();
    }
}
