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
 * @param home directory of the program, with its launcher in {@code bin}
 * @param name of the program, its jar and its cache
 */
record AotCache(Path home, String name) {

    static AotCache ofAgent() {
        return of("agent");
    }

    static AotCache ofConfigService() {
        return of("config-service");
    }

    private static AotCache of(String program) {
        return new AotCache(Launchers.root().resolve(program), program);
    }

    /** Where jar and cache are: as the launcher looks for them, in an image and in a build tree. */
    private Path directory() {
        return home.resolve(Files.isDirectory(home.resolve("lib")) ? "lib" : "target");
    }

    /** The cache that the launcher uses. */
    Path file() {
        return directory().resolve(name + ".aot");
    }

    /** Where the JVM writes it. */
    Path draft() {
        return directory().resolve(name + ".aot.new");
    }

    /** Whether it is newer than all that it depends on: the JVM would refuse it otherwise. */
    boolean isCurrent() throws IOException {
        if (!Files.isRegularFile(file())) {
            return false;
        }
        FileTime made = Files.getLastModifiedTime(file());
        Path libraries = home.resolve("lib");
        try (Stream<Path> all = Files.list(Files.isDirectory(libraries) ? libraries : home.resolve("target/lib"))) {
            return Stream.concat(Stream.of(directory().resolve(name + ".jar"), launcher()), all)
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
        return home.resolve("bin").resolve(name);
    }
}
