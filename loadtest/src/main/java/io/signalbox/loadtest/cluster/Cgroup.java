package io.signalbox.loadtest.cluster;

import io.signalbox.loadtest.harness.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory of the cgroup hierarchy (version 2). Closing ends the processes in it and below. */
final class Cgroup implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Path directory;

    private Cgroup(Path directory) {
        this.directory = directory;
    }

    /** Makes the cgroup of that path below the root of the hierarchy. */
    static Cgroup create(String path) throws IOException {
        return new Cgroup(Files.createDirectories(root().resolve(path)));
    }

    /** Makes one below this. */
    Cgroup child(String path) throws IOException {
        return new Cgroup(Files.createDirectories(directory.resolve(path)));
    }

    /** Where the hierarchy is mounted. */
    static Path root() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                .map(line -> line.split(" ", 4))
                .filter(fields -> fields[2].equals("cgroup2"))
                .map(fields -> Path.of(fields[1]))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("cgroup2: not mounted (expected: in /proc/self/mounts)"));
    }

    /** Its path below the root of the hierarchy, as /proc/PID/cgroup tells it but without the first slash. */
    String path() throws IOException {
        return root().relativize(directory).toString();
    }

    /** The command line that runs that one in this cgroup; the process id stays the same. */
    List<String> inside(List<String> command) {
        List<String> whole = new ArrayList<>(List.of(
                "sh",
                "-c",
                "echo $$ >\"$0\" && exec \"$@\"",
                directory.resolve("cgroup.procs").toString()));
        whole.addAll(command);
        return whole;
    }

    @Override
    public void close() {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.writeString(directory.resolve("cgroup.kill"), "1");
            // A killed process stays in its cgroup for a moment.
            Poll.until(DEADLINE, () -> directory + " is still in use", this::isRemoved);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isRemoved() {
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(directory)) {
            deepestFirst = all.filter(Files::isDirectory)
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (Path each : deepestFirst) {
            if (!each.toFile().delete()) {
                return false;
            }
        }
        return true;
    }
}
