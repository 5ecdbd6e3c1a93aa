package io.signalbox.loadtest.e2e;

import io.signalbox.loadtest.harness.Commands;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.Poll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A pod as a node has it: a network namespace that is joined to the node's, a cgroup as the kubelet makes it, and a
 * program that holds both. Needs root.
 */
final class CapturedPod implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    /** Where systems with both kinds of cgroups have the second. */
    private static final Path HYBRID = Path.of("/sys/fs/cgroup/unified");

    private static final Path UNIFIED = Path.of("/sys/fs/cgroup");

    private final CapturedNode node;
    private final String namespace;
    private final String name;
    private final String uid = UUID.randomUUID().toString();
    private final int number;
    private final NetworkNamespace network;
    private final Path cgroup;
    private final List<Process> programs = new ArrayList<>();

    private CapturedPod(CapturedNode node, String namespace, String name, int number, NetworkNamespace network) {
        this.node = node;
        this.namespace = namespace;
        this.name = name;
        this.number = number;
        this.network = network;
        this.cgroup = cgroupRoot().resolve("kubepods").resolve("burstable").resolve("pod" + uid);
    }

    /** The {@code --pods-cgroup} of this test's agent. */
    static String podsCgroup() {
        return cgroupRoot().getFileName() + "/kubepods";
    }

    private static Path cgroupRoot() {
        Path hierarchy = Files.isDirectory(HYBRID) ? HYBRID : UNIFIED;
        return hierarchy.resolve("signalbox-e2e-" + ProcessHandle.current().pid());
    }

    /**
     * A pod without a program.
     *
     * @param number of the pod on its node, from 1 to 99; its address is 10.100.NUMBER.2
     */
    static CapturedPod create(CapturedNode node, String namespace, String name, int number)
            throws IOException, InterruptedException {
        NetworkNamespace network = NetworkNamespace.create("pod" + number);
        CapturedPod pod = new CapturedPod(node, namespace, name, number, network);
        String prefix = "10.100." + number + ".";
        String prefix6 = "fd10:" + number + "::";
        network.connect(
                "eth0",
                List.of(prefix + "2/24", prefix6 + "2/64"),
                node.network(),
                "pod" + number,
                List.of(prefix + "1/24", prefix6 + "1/64"));
        network.require("ip", "route", "add", "default", "via", prefix + "1");
        network.require("ip", "-6", "route", "add", "default", "via", prefix6 + "1");
        Files.createDirectories(pod.cgroup.resolve("container"));
        return pod;
    }

    String uid() {
        return uid;
    }

    String address() {
        return "10.100." + number + ".2";
    }

    NetworkNamespace network() {
        return network;
    }

    /** The pod as the API server has it. */
    String manifest(String annotations) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: %s, uid: %s, labels: {app: %s}, annotations: {%s}}
                spec: {nodeName: %s}
                status: {phase: Running, podIP: %s}
                """.formatted(name, namespace, uid, name, annotations, Mesh.NODE, address());
    }

    /** Starts the program that keeps the pod, as pause does; it ends when the pod is closed, or this JVM ends. */
    CapturedPod hold() throws IOException {
        programs.add(start("cat"));
        return this;
    }

    /** Starts a program in the pod's namespace and cgroup. */
    Process start(String... command) throws IOException {
        return new ProcessBuilder(inside(command)).redirectErrorStream(true).start();
    }

    /** As {@link #start(String...)}, with what it writes in a file. */
    Process start(Path output, String... command) throws IOException {
        return new ProcessBuilder(inside(command))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** Runs a program in the pod's namespace and cgroup to its end. */
    Commands.Result run(String... command) throws IOException, InterruptedException {
        return Commands.run(inside(command), java.util.Map.of(), "");
    }

    private List<String> inside(String... command) {
        List<String> whole = new ArrayList<>(List.of(
                "sh",
                "-c",
                "echo $$ > " + cgroup.resolve("container").resolve("cgroup.procs") + " && exec ip netns exec "
                        + network.name() + " \"$@\"",
                "sh"));
        whole.addAll(Arrays.asList(command));
        return whole;
    }

    /** Runs curl; the result has head and body. */
    Commands.Result curl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "-sSi", "--max-time", "20"));
        command.addAll(Arrays.asList(arguments));
        return run(command.toArray(String[]::new));
    }

    /** Name of the server that answers a request; empty when none does. */
    String answeredBy(String url, String host) throws IOException, InterruptedException {
        return curl("-H", "Host: " + host, url)
                .output()
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("x-endpoint: "))
                .map(line -> line.substring("x-endpoint: ".length()))
                .findFirst()
                .orElse("");
    }

    /** What the agent says of the pod; null when it knows none. */
    @Nullable
    String report() throws IOException, InterruptedException {
        // Objects in it are flat.
        for (String pod : node.admin("/pods").split("\\}", -1)) {
            if (pod.contains(uid)) {
                return pod.replaceAll("\\s", "");
            }
        }
        return null;
    }

    /** Ends the pod's programs; its namespace and cgroup stay. */
    void end() throws InterruptedException {
        for (Process program : programs) {
            program.destroyForcibly().waitFor();
        }
        programs.clear();
    }

    @Override
    public void close() throws IOException {
        try {
            end();
            network.close();
            Poll.until(DEADLINE, () -> cgroup + " is in use", this::removeCgroup);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean removeCgroup() {
        try {
            Files.deleteIfExists(cgroup.resolve("container"));
            Files.deleteIfExists(cgroup);
        } catch (IOException e) {
            return false;
        }
        return true;
    }

    /** Removes what all pods of this test had in common; after the last was closed. */
    static void closeAll() throws IOException {
        for (String part : List.of("kubepods/burstable", "kubepods", "")) {
            Files.deleteIfExists(cgroupRoot().resolve(part));
        }
    }
}
