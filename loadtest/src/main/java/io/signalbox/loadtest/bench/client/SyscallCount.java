package io.signalbox.loadtest.bench.client;

import io.signalbox.loadtest.bench.bed.Tools;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Counts a program's system calls while a command runs, by perf. It costs time, so it is never done in a round that
 * counts.
 */
public final class SyscallCount {
    private static final String EVENT = "raw_syscalls:sys_enter";

    private final Path output;
    private final ProgramProcess process;

    /** Of that program and its children. */
    public SyscallCount(Path directory, ProgramProcess process) {
        this.output = directory.resolve("perf.txt");
        this.process = process;
    }

    /** Whether perf is there. */
    public static boolean isPossible() {
        return Tools.onPath("perf").isPresent();
    }

    /** Goes in front of the command during which calls are counted. */
    public List<String> prefix() {
        ProcessHandle root = ProcessHandle.of(process.pid()).orElseThrow();
        String pids = Stream.concat(Stream.of(root), root.descendants())
                .map(handle -> Long.toString(handle.pid()))
                .collect(Collectors.joining(","));
        return List.of("perf", "stat", "-x", ",", "-o", output.toString(), "-e", EVENT, "-p", pids, "--");
    }

    /** The number of calls, after the command has ended. */
    public long read() throws IOException {
        return parse(Files.readString(output));
    }

    static long parse(String output) throws IOException {
        String line = output.lines()
                .filter(candidate -> candidate.contains(EVENT))
                .findFirst()
                .orElseThrow(() -> new IOException("perf: no line \"" + EVENT + "\"\n" + output));
        String count = line.substring(0, line.indexOf(','));
        try {
            return Long.parseLong(count);
        } catch (NumberFormatException e) {
            throw new IOException("perf: " + count + " (expected: a number of calls)\n" + output, e);
        }
    }
}
