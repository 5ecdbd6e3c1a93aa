package io.signalbox.loadtest.cluster;

import io.signalbox.loadtest.harness.Commands;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A network of its own, with a loopback device. Closing ends what runs in it. Needs root, iproute2 and nftables. */
public final class NetworkNamespace implements AutoCloseable {
    private static final Path CONFIGURATION = Path.of("/etc/netns");

    private final String name;

    private NetworkNamespace(String name) {
        this.name = name;
    }

    /** Makes the namespace of that name, which must not exist. */
    static NetworkNamespace create(String name) throws IOException, InterruptedException {
        Commands.Result made = Commands.run("ip", "netns", "add", name);
        if (made.exitCode() != 0) {
            throw new IllegalStateException(
                    "network namespace: " + made.output().strip() + " (expected: root and iproute2)");
        }
        NetworkNamespace namespace = new NetworkNamespace(name);
        namespace.ip("link set lo up");
        return namespace;
    }

    /** All namespaces of this machine, by name. */
    static List<String> names() throws IOException, InterruptedException {
        return Commands.require("ip", "netns", "list")
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .toList();
    }

    /** Ends what runs in the namespace of that name, and removes it. */
    static void remove(String name) throws IOException, InterruptedException {
        Commands.Result pids = Commands.run("ip", "netns", "pids", name);
        if (pids.exitCode() == 0) {
            pids.output()
                    .lines()
                    .map(String::strip)
                    .forEach(pid -> ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly));
        }
        Commands.run("ip", "netns", "delete", name);
        Mesh.deleteTree(CONFIGURATION.resolve(name));
    }

    /** Its name, as {@code ip netns} knows it. */
    public String name() {
        return name;
    }

    /** The file that stands for it. */
    Path file() {
        return Path.of("/var/run/netns", name);
    }

    /** Runs these lines, each an {@code ip} command without its first word, in one go. */
    void ip(String... lines) throws IOException, InterruptedException {
        requireOf(
                Commands.run(List.of("ip", "-n", name, "-batch", "-"), Map.of(), String.join("\n", lines) + "\n"),
                String.join("; ", lines));
    }

    /** Whether there is a device of that name in it. */
    boolean has(String device) {
        try {
            return run("ip", "link", "show", "dev", device).exitCode() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Loads that nft ruleset in one transaction. */
    void nft(String ruleset) throws IOException, InterruptedException {
        requireOf(Commands.run(inside("nft", "-f", "-"), Map.of(), ruleset), ruleset);
    }

    /** Sets kernel parameters of this network, such as {@code net.ipv4.ip_forward=1}. */
    void sysctl(String... settings) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sysctl", "-q", "-w"));
        command.addAll(Arrays.asList(settings));
        require(command.toArray(String[]::new));
    }

    /** Makes that text the /etc/resolv.conf of what will be started in it. */
    void resolvConf(String text) throws IOException {
        Files.createDirectories(resolvConf().getParent());
        Files.writeString(resolvConf(), text);
    }

    /** What its programs see as /etc/resolv.conf. */
    Path resolvConf() {
        return CONFIGURATION.resolve(name).resolve("resolv.conf");
    }

    /** Runs a command in it to its end. */
    public Commands.Result run(String... command) throws IOException, InterruptedException {
        return Commands.run(inside(command), Map.of(), "");
    }

    /** Runs a command in it that must succeed; returns its output. */
    public String require(String... command) throws IOException, InterruptedException {
        return requireOf(run(command), String.join(" ", command));
    }

    /**
     * Starts a program in it.
     *
     * @param cgroup that the program is to be in; null: this process's own
     */
    public ProgramProcess start(
            String program, Path log, @Nullable Cgroup cgroup, Map<String, String> environment, String... command)
            throws IOException {
        List<String> whole = cgroup == null ? inside(command) : cgroup.inside(inside(command));
        return ProgramProcess.start(program, whole, environment, log);
    }

    @Override
    public void close() throws IOException {
        try {
            remove(name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    List<String> inside(String... command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
        whole.addAll(Arrays.asList(command));
        return whole;
    }

    private static String requireOf(Commands.Result result, String command) {
        if (result.exitCode() != 0) {
            throw new IllegalStateException(command + ": exit code " + result.exitCode() + "\n" + result.output());
        }
        return result.output();
    }
}
