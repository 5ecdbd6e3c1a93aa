package io.signalbox.loadtest.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process and its children cost, from {@code /proc}.
 *
 * @param cpuMicros user and system time so far; grows in steps of a clock tick (10 ms)
 * @param rssBytes resident memory
 * @param pssBytes resident memory with shared pages divided among those that share them
 */
public record ProcStats(long cpuMicros, long rssBytes, long pssBytes) {
    private static final long MICROS_PER_TICK = 10_000;
    private static final int UTIME = 11;
    private static final int STIME = 12;

    /** Of a process and all that it has started. */
    static ProcStats ofTree(ProcessHandle root) {
        return Stream.concat(Stream.of(root), root.descendants())
                .map(process -> of(process.pid()))
                .reduce(new ProcStats(0, 0, 0), ProcStats::plus);
    }

    private ProcStats plus(ProcStats other) {
        return new ProcStats(cpuMicros + other.cpuMicros, rssBytes + other.rssBytes, pssBytes + other.pssBytes);
    }

    private static ProcStats of(long pid) {
        Path proc = Path.of("/proc", Long.toString(pid));
        try {
            return new ProcStats(
                    cpuMicros(Files.readString(proc.resolve("stat"))),
                    kilobytes(Files.readAllLines(proc.resolve("status")), "VmRSS:") * 1024,
                    kilobytes(Files.readAllLines(proc.resolve("smaps_rollup")), "Pss:") * 1024);
        } catch (IOException e) {
            // It has ended.
            return new ProcStats(0, 0, 0);
        }
    }

    /** Highest resident memory so far of one process. */
    public static long peakRssBytes(long pid) throws IOException {
        return kilobytes(Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")), "VmHWM:") * 1024;
    }

    static long cpuMicros(String stat) {
        // Fields after the program's name, which may hold blanks and stands in parentheses.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * MICROS_PER_TICK;
    }

    static long kilobytes(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).replace("kB", "").strip())
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }
}
