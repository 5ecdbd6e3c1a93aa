package io.signalbox.loadtest.k6;

import io.signalbox.loadtest.harness.Launchers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** What a report says of where it comes from. */
final class RunFacts {
    private RunFacts() {}

    static Map<String, String> of(String k6Version, String command) throws IOException, InterruptedException {
        return Map.of(
                "commit",
                output("git", "-C", Launchers.root().toString(), "describe", "--always", "--dirty"),
                "machine",
                Runtime.getRuntime().availableProcessors() + " x " + processor() + ", Linux "
                        + System.getProperty("os.version"),
                "versions",
                "JDK " + Runtime.version() + "; " + k6Version,
                "time",
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                "command",
                command);
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.strip();
    }
}
