package io.signalbox.loadtest.harness;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the programs of this source tree are. */
public final class Launchers {
    private Launchers() {}

    /**
     * The root of the source tree: the first directory from here upwards that holds the agent; or what the system
     * property {@code signalbox.root} says, such as the directory of a container image that has the programs in it.
     */
    public static Path root() {
        String given = System.getProperty("signalbox.root");
        if (given != null) {
            return Path.of(given);
        }
        Path here = Path.of("").toAbsolutePath();
        for (Path directory = here; directory != null; directory = directory.getParent()) {
            if (Files.isDirectory(directory.resolve("agent")) && Files.isRegularFile(directory.resolve("mvnw"))) {
                return directory;
            }
        }
        throw new IllegalStateException(here + ": not inside the source tree");
    }

    /** {@code config-service/bin/config-service}. */
    public static String configService() {
        return root().resolve("config-service/bin/config-service").toString();
    }

    /** {@code agent/bin/agent}. */
    public static String agent() {
        return root().resolve("agent/bin/agent").toString();
    }

    /** {@code loadtest/bin/backend}. */
    public static String backend() {
        return root().resolve("loadtest/bin/backend").toString();
    }

    /** {@code loadtest/bin/caller}. */
    public static String caller() {
        return root().resolve("loadtest/bin/caller").toString();
    }

    /** {@code loadtest/bin/api-server}. */
    public static String apiServer() {
        return root().resolve("loadtest/bin/api-server").toString();
    }

    /** {@code loadtest/bin/link}. */
    public static String link() {
        return root().resolve("loadtest/bin/link").toString();
    }
}
