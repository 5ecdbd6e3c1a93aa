package io.signalbox.loadtest.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Where figures come from.
 *
 * @param commit that was measured
 * @param date day of the run, UTC
 * @param machine processors and kernel
 * @param jdk version
 * @param command that measures the same again
 */
public record Origin(String commit, String date, String machine, String jdk, String command) {

    /** Of this source tree on this machine, now. */
    public static Origin of(String command) throws IOException, InterruptedException {
        return new Origin(
                git("describe", "--always", "--dirty"),
                LocalDate.now(ZoneOffset.UTC).toString(),
                Runtime.getRuntime().availableProcessors() + " x " + processor() + ", Linux "
                        + System.getProperty("os.version"),
                Runtime.version().toString(),
                command);
    }

    /** A line of Markdown. */
    public String markdown() {
        return "`" + command + "`, commit " + commit + ", " + date + ", " + machine + ", JDK " + jdk;
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static String git(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 3];
        command[0] = "git";
        command[1] = "-C";
        command[2] = Launchers.root().toString();
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.strip();
    }
}
