package io.signalbox.loadtest.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A program that runs, with its output in a file. */
public final class ProgramProcess implements AutoCloseable {
    private static final Duration EXIT_DEADLINE = Duration.ofSeconds(30);
    private static final int TAIL_LINES = 40;
    private static final Set<ProgramProcess> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        // Ends what this JVM has started, and only that, when the JVM is interrupted.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(ProgramProcess::kill), "end-programs"));
    }

    private final String name;
    private final Process process;
    private final Path log;

    private ProgramProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts {@code command}. Its output is appended to {@code log}.
     *
     * @param environment added to this process's own
     */
    public static ProgramProcess start(String name, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        ProgramProcess program = new ProgramProcess(name, builder.start(), log);
        RUNNING.add(program);
        return program;
    }

    /** Waits until {@code ready} holds; fails with the log's tail when the program ends before, or at the deadline. */
    public Duration awaitReady(Duration deadline, BooleanSupplier ready) {
        try {
            return Poll.until(deadline, () -> "not ready", () -> {
                if (!process.isAlive()) {
                    throw new IllegalStateException("ended with exit code " + process.exitValue());
                }
                return ready.getAsBoolean();
            });
        } catch (IllegalStateException e) {
            throw new IllegalStateException(name + ": " + e.getMessage() + "\n" + logTail(), e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Asks it to end (SIGTERM). */
    public void terminate() {
        process.destroy();
    }

    /** Ends it and its children at once (SIGKILL). */
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Waits for its end; returns the exit code. */
    public int awaitExit(Duration deadline) throws InterruptedException {
        if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException(name + ": still runs after " + deadline.toMillis() + " ms\n" + logTail());
        }
        RUNNING.remove(this);
        return process.exitValue();
    }

    /** Waits for its end; ends it at once (SIGKILL) when that takes longer. */
    public void awaitExitOrKill(Duration deadline) throws InterruptedException {
        if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
            process.waitFor();
        }
        RUNNING.remove(this);
    }

    /** What it costs now, its children included. */
    public ProcStats stats() {
        return ProcStats.ofTree(process.toHandle());
    }

    /** All that it has written. */
    public String log() {
        try {
            return Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return log + ": " + e;
        }
    }

    /** The last lines that it has written, with the file's name. */
    public String logTail() {
        List<String> lines = log().lines().toList();
        return Stream.concat(Stream.of("--- " + log), lines.stream().skip(Math.max(0, lines.size() - TAIL_LINES)))
                .reduce("", (text, line) -> text + line + "\n");
    }

    /** Asks it to end, and ends it if it does not. */
    @Override
    public void close() {
        terminate();
        try {
            awaitExitOrKill(EXIT_DEADLINE);
        } catch (InterruptedException e) {
            kill();
            RUNNING.remove(this);
            Thread.currentThread().interrupt();
        }
    }
}
