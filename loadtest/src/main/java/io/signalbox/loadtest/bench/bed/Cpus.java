package io.signalbox.loadtest.bench.bed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Which CPU is whose. */
public final class Cpus {
    /** Of the contender that is measured, alone. */
    public static final String PROXY = "0";

    /** Of the client, the backends, the config service and everything else. */
    public static final String REST = "1";

    private Cpus() {}

    /** Moves this program to {@link #REST}, with all its threads. */
    public static void pinSelf() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "taskset",
                        "-a",
                        "-p",
                        "-c",
                        REST,
                        Long.toString(ProcessHandle.current().pid()))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("taskset: " + output);
        }
    }

    /** The command on that CPU alone. */
    public static List<String> pinned(String cpu, List<String> command) {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", cpu));
        pinned.addAll(command);
        return pinned;
    }
}
