package io.signalbox.loadtest.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The process that made something on this machine, as the names of namespaces and cgroups tell.
 *
 * @param pid of the process
 * @param startTicks when it started, in clock ticks since boot: a pid alone is used again
 */
record Owner(long pid, long startTicks) {
    /** Where sockets are, whose paths must be short. */
    static final Path RUN_FILES = Path.of("/run");

    private static final String PREFIX = "signalbox-cluster";
    private static final Pattern NAME = Pattern.compile(PREFIX + "-(\\d+)-(\\d+)-.+");
    private static final int FIELDS_BEFORE_START = 19;
    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    /** This process. */
    static Owner current() {
        long pid = ProcessHandle.current().pid();
        return new Owner(
                pid,
                startTicks(pid).orElseThrow(() -> new IllegalStateException("/proc/" + pid + "/stat: not readable")));
    }

    /** Who made the thing of that name; empty when it is no part of a cluster. */
    static Optional<Owner> of(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches()
                ? Optional.of(new Owner(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
                : Optional.empty();
    }

    /** A prefix for the names of one more cluster of this owner, ending in a dash. */
    String nextPrefix() {
        return PREFIX + "-" + pid + "-" + startTicks + "-" + CLUSTERS.incrementAndGet() + "-";
    }

    /** Whether the process still runs. */
    boolean isAlive() {
        return startTicks(pid).filter(ticks -> ticks == startTicks).isPresent();
    }

    private static Optional<Long> startTicks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The program's name stands in parentheses and may hold anything.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Optional.of(Long.parseLong(fields[FIELDS_BEFORE_START]));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
