package io.signalbox.loadtest.bench.bed;

import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts programs, each on a CPU, and ends them all. */
final class Programs implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final Path directory;
    private final List<ProgramProcess> started = new ArrayList<>();

    /** Logs go to {@code directory}. */
    Programs(Path directory) {
        this.directory = directory;
    }

    ProgramProcess start(String name, String cpu, List<String> command) throws IOException {
        ProgramProcess process = ProgramProcess.start(
                name, Cpus.pinned(cpu, command), Map.of(), directory.resolve(name.replace(' ', '-') + ".log"));
        started.add(process);
        return process;
    }

    /** Nginx with that {@code http} server. */
    ProgramProcess startNginxHttp(String name, String cpu, String server) throws IOException {
        Path home = directory.resolve(name);
        return startNginx(
                name, cpu, Template.fill("nginx-http.conf", Map.of("HOME", home.toString(), "SERVER", server)));
    }

    /** Nginx with that content of its configuration. */
    ProgramProcess startNginx(String name, String cpu, String content) throws IOException {
        Path home = Files.createDirectories(directory.resolve(name));
        Path config = Files.writeString(
                home.resolve("nginx.conf"),
                Template.fill(
                        "nginx.conf",
                        Map.of(
                                "HOME",
                                home.toString(),
                                "USER",
                                System.getProperty("user.name"),
                                "CONTENT",
                                content,
                                "MODULES",
                                content.startsWith("stream") ? Tools.loadNginxStream() : "")));
        return start(name, cpu, List.of("nginx", "-p", home.toString(), "-c", config.toString()));
    }

    /** Waits until the program that was started last listens there. */
    void awaitListening(String address, int port) {
        started.getLast().awaitReady(DEADLINE, () -> {
            try (Socket socket = new Socket(InetAddress.ofLiteral(address), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Override
    public void close() {
        started.forEach(ProgramProcess::close);
    }
}
