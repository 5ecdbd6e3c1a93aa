package io.signalbox.loadtest.aot;

import io.signalbox.loadtest.harness.Launchers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;

/**
 * The ahead-of-time cache of one program, where its launcher looks for it.
 *
 * @param target directory with the program's jar, its libraries in {@code lib}, and the cache
 * @param name of the program, its jar and its cache
 */
record AotCache(Path target, String name) {

    static AotCache ofAgent() {
        return new AotCache(Launchers.root().resolve("agent/target"), "agent");
    }

    static AotCache ofConfigService() {
        return new AotCache(Launchers.root().resolve("config-service/target"), "config-service");
    }

    /** The cache that the launcher uses. */
    Path file() {
        return target.resolve(name + ".aot");
    }

    /** Where the JVM writes it. */
    Path draft() {
        return target.resolve(name + ".aot.new");
    }

    /** Whether it is newer than all that it depends on: the JVM would refuse it otherwise. */
    boolean isCurrent() throws IOException {
        if (!Files.isRegularFile(file())) {
            return false;
        }
        FileTime made = Files.getLastModifiedTime(file());
        try (Stream<Path> libraries = Files.list(target.resolve("lib"))) {
            return Stream.concat(Stream.of(target.resolve(name + ".jar"), launcher()), libraries)
                    .allMatch(source -> source.toFile().lastModified() < made.toMillis());
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(file());
        Files.deleteIfExists(draft());
    }

    /** Gives the draft its final name, and fails unless the JVM then starts the program from it. */
    void publish() throws IOException {
        Files.move(draft(), file(), StandardCopyOption.ATOMIC_MOVE);
        ProcessBuilder builder = new ProcessBuilder(launcher().toString(), "--version").redirectErrorStream(true);
        builder.environment().put("SIGNALBOX_JAVA_OPTS", "-Xlog:class+load:stdout");
        String output = new String(builder.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (output.lines().noneMatch(line -> line.contains("io.signalbox.") && line.contains("shared objects file"))) {
            throw new IOException(file() + ": not used by the JVM (expected: classes come from it)\n" + output);
        }
    }

    private Path launcher() {
        return target.resolveSibling("bin").resolve(name);
    }
}
