package io.signalbox.loadtest.e2e;

import io.signalbox.loadtest.harness.Commands;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A network of its own, with a loopback device and nothing else; needs root and iproute2. Gone when closed. */
final class NetworkNamespace implements AutoCloseable {
    private final String name;

    private NetworkNamespace(String name) {
        this.name = name;
    }

    /**
     * Makes a namespace that no one else uses.
     *
     * @param role tells it from the others of this test
     */
    static NetworkNamespace create(String role) throws IOException, InterruptedException {
        String name = "signalbox-e2e-" + ProcessHandle.current().pid() + "-" + role;
        Commands.Result made = Commands.run("ip", "netns", "add", name);
        if (made.exitCode() != 0) {
            throw new IllegalStateException(
                    "network namespace: " + made.output().strip() + " (expected: root and iproute2)");
        }
        NetworkNamespace namespace = new NetworkNamespace(name);
        namespace.require("ip", "link", "set", "lo", "up");
        return namespace;
    }

    /** As {@code ip netns} knows it. */
    String name() {
        return name;
    }

    /** Gives its loopback device another address, such as {@code 10.0.0.1/32}. */
    void addAddress(String address) throws IOException, InterruptedException {
        if (address.contains(":")) {
            require("ip", "address", "add", address, "dev", "lo", "nodad");
        } else {
            require("ip", "address", "add", address, "dev", "lo");
        }
    }

    /** Lays a cable: a device here, with addresses such as {@code 10.0.0.1/24}, and one in another namespace. */
    void connect(String device, List<String> addresses, NetworkNamespace other, String otherDevice, List<String> others)
            throws IOException, InterruptedException {
        require("ip", "link", "add", device, "type", "veth", "peer", "name", otherDevice, "netns", other.name);
        up(device, addresses);
        other.up(otherDevice, others);
    }

    private void up(String device, List<String> addresses) throws IOException, InterruptedException {
        for (String address : addresses) {
            List<String> command = new ArrayList<>(List.of("ip", "address", "add", address, "dev", device));
            if (address.contains(":")) {
                command.add("nodad");
            }
            require(command.toArray(String[]::new));
        }
        require("ip", "link", "set", device, "up");
    }

    /** Runs a command in it to its end. */
    Commands.Result run(String... command) throws IOException, InterruptedException {
        return Commands.run(inside(List.of(command)), Map.of(), "");
    }

    /** Runs a command in it that must succeed; returns its output. */
    String require(String... command) throws IOException, InterruptedException {
        return Commands.require(inside(List.of(command)).toArray(String[]::new));
    }

    /** Runs a command in it that reads {@code input} and must succeed. */
    void requireWithInput(String input, String... command) throws IOException, InterruptedException {
        Commands.Result result = Commands.run(inside(List.of(command)), Map.of(), input);
        if (result.exitCode() != 0) {
            throw new IllegalStateException(
                    String.join(" ", command) + ": exit code " + result.exitCode() + "\n" + result.output());
        }
    }

    /** Starts a program in it. */
    ProgramProcess start(String program, Path log, Map<String, String> environment, String... command)
            throws IOException {
        return ProgramProcess.start(program, inside(List.of(command)), environment, log);
    }

    @Override
    public void close() throws IOException {
        try {
            Commands.require("ip", "netns", "delete", name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> inside(List<String> command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
        whole.addAll(command);
        return whole;
    }
}
