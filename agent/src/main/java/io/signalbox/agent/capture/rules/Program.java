package io.signalbox.agent.capture.rules;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Runs a program to its end. It inherits the network namespace of the calling thread. */
final class Program {
    private static final long TIMEOUT_SECONDS = 10;
    private static final int MAX_QUOTED_LINES = 3;

    private Program() {}

    /**
     * How a program ended.
     *
     * @param exitCode 0 when it did what it should
     * @param output what it printed
     * @param errors what it printed on standard error
     */
    record Result(int exitCode, String output, String errors) {
        boolean isGood() {
            return exitCode == 0;
        }
    }

    /** Runs a command that must succeed; returns what it printed. */
    static String require(List<String> command, String input) throws IOException {
        Result result = run(command, input);
        if (!result.isGood()) {
            throw new IOException(String.join(" ", command) + ": exit code " + result.exitCode() + ": "
                    + result.errors()
                            .lines()
                            .filter(line -> !line.isBlank())
                            .limit(MAX_QUOTED_LINES)
                            .map(String::strip)
                            .collect(Collectors.joining(" ")));
        }
        return result.output();
    }

    /** Runs a command, whatever its exit code; throws when it cannot be started or does not end. */
    static Result run(List<String> command, String input) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new IOException(
                    command.getFirst() + ": cannot be run: " + e.getMessage() + " (expected: installed, in PATH)", e);
        }
        CompletableFuture<String> errors =
                CompletableFuture.supplyAsync(() -> read(process.getErrorStream()), Thread::startVirtualThread);
        CompletableFuture<String> output =
                CompletableFuture.supplyAsync(() -> read(process.getInputStream()), Thread::startVirtualThread);
        try {
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It ended before it had read all; its exit code and errors say why.
            }
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(
                        String.join(" ", command) + ": still running after " + TIMEOUT_SECONDS + " s, ended");
            }
            return new Result(process.exitValue(), output.join(), errors.join());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(String.join(" ", command) + ": interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
