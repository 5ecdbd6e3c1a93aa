package io.signalbox.loadtest.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs to their end. */
public final class Commands {
    private static final int DEADLINE_SECONDS = 60;

    private Commands() {}

    /** Runs a command; its output and errors come together. */
    public static Result run(String... command) throws IOException, InterruptedException {
        return run(Arrays.asList(command), Map.of(), "");
    }

    /** Runs a command with more environment and an input. */
    public static Result run(List<String> command, Map<String, String> environment, String input)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            try (var stdin = process.outputWriter(StandardCharsets.UTF_8)) {
                stdin.write(input);
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(command + ": still runs after " + DEADLINE_SECONDS + " s");
            }
            return new Result(process.exitValue(), output);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Runs a command that must succeed; returns its output. */
    public static String require(String... command) throws IOException, InterruptedException {
        Result result = run(command);
        if (result.exitCode() != 0) {
            throw new IllegalStateException(
                    String.join(" ", command) + ": exit code " + result.exitCode() + "\n" + result.output());
        }
        return result.output();
    }

    /**
     * How a command ended.
     *
     * @param exitCode of the program
     * @param output all that it wrote
     */
    public record Result(int exitCode, String output) {}
}
