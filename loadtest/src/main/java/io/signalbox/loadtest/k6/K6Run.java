package io.signalbox.loadtest.k6;

import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A run of k6: its output goes to {@code k6.log} and, as it comes, to standard output. */
final class K6Run {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Duration EXIT_DEADLINE = Duration.ofSeconds(5);

    private K6Run() {}

    /**
     * Runs a script to its end; returns k6's exit code: 0, 99 if thresholds were crossed, or another.
     *
     * @param out directory for its log and what the script writes
     * @param topology file for the script
     * @param settings of the script, by name
     * @param deadline after which it is ended
     */
    static int run(Path k6, Script script, Path out, Path topology, Map<String, String> settings, Duration deadline)
            throws IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("LOAD_TOPOLOGY", topology.toString());
        environment.put("LOAD_OUT", out.toString());
        List<String> command = new ArrayList<>(List.of(
                k6.toString(),
                "run",
                "--no-usage-report",
                "--no-color",
                // Its REST API would need a port of its own.
                "--address",
                "",
                Launchers.root()
                        .resolve("loadtest/k6")
                        .resolve(script.id() + ".js")
                        .toString()));
        Path log = out.resolve("k6.log");
        Files.deleteIfExists(log);
        try (ProgramProcess process = ProgramProcess.start("k6", command, environment, log);
                RandomAccessFile output = new RandomAccessFile(log.toFile(), "r")) {
            long end = System.nanoTime() + deadline.toNanos();
            while (process.isAlive() && System.nanoTime() < end) {
                copyNew(output);
                LockSupport.parkNanos(INTERVAL_NANOS);
            }
            if (process.isAlive()) {
                throw new IOException("k6: still runs after " + deadline.toSeconds() + " s (expected: its end)");
            }
            copyNew(output);
            return process.awaitExit(EXIT_DEADLINE);
        }
    }

    private static void copyNew(RandomAccessFile output) throws IOException {
        byte[] buffer = new byte[8192];
        for (int read = output.read(buffer); read > 0; read = output.read(buffer)) {
            System.out.write(buffer, 0, read);
        }
        System.out.flush();
    }
}
