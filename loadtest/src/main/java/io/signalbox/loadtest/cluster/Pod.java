package io.signalbox.loadtest.cluster;

import io.signalbox.loadtest.harness.Commands;
import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pod: a network with one address, a cgroup named as kubelet names it, and in them a process that holds the pod, and
 * the pod's program if it has one.
 */
public final class Pod {
    private static final Duration READY_DEADLINE = Duration.ofSeconds(60);

    private final PodSpec spec;
    private final PodState state;
    private final NetworkNamespace network;
    private final Cgroup cgroup;
    private final Path directory;
    private final ProgramProcess pause;
    private @Nullable ProgramProcess program;

    private Pod(PodSpec spec, PodState state, NetworkNamespace network, Cgroup cgroup, Path directory)
            throws IOException {
        this.spec = spec;
        this.state = state;
        this.network = network;
        this.cgroup = cgroup;
        this.directory = directory;
        this.pause = network.start(
                state.name() + "-pause", log("pause"), cgroup.child("pause"), Map.of(), "sleep", "infinity");
    }

    /** Makes its network and cgroup; its program is started later. */
    static Pod create(PodSpec spec, PodState state, ClusterNode node, String networkName, Path directory)
            throws IOException, InterruptedException {
        NetworkNamespace network = NetworkNamespace.create(networkName);
        node.plugIn(network, state.address());
        network.resolvConf(ClusterDns.resolvConf(state.namespace()));
        Cgroup cgroup = node.podsCgroup().child("burstable/pod" + state.uid());
        return new Pod(spec, state, network, cgroup, directory);
    }

    /** Its name. */
    public String name() {
        return state.name();
    }

    /** Its address. */
    public String address() {
        return state.address();
    }

    /** The network that it alone uses. */
    public NetworkNamespace network() {
        return network;
    }

    /** What its program runs as; empty for one that only holds what is started in it. */
    public Optional<ProgramProcess> program() {
        return Optional.ofNullable(program);
    }

    /** Runs a command in it to its end. */
    public Commands.Result run(String... command) throws IOException, InterruptedException {
        return Commands.run(cgroup.child("exec").inside(network.inside(command)), Map.of(), "");
    }

    /** Runs curl in it; the result has head and body. */
    public Commands.Result curl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "-sSi", "--max-time", "20"));
        command.addAll(Arrays.asList(arguments));
        return run(command.toArray(String[]::new));
    }

    /** Starts a program in it, whose output goes to a file of that name. */
    public ProgramProcess start(String name, String... command) throws IOException {
        return network.start(name, log(name), cgroup.child("exec"), Map.of(), command);
    }

    /** Runs the {@code caller} program in it to its end. */
    public CallerResult call(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Launchers.caller()));
        command.addAll(Arrays.asList(arguments));
        return CallerResult.of(run(command.toArray(String[]::new)).output());
    }

    PodState state() {
        return state;
    }

    /** Starts its program and waits until it serves. */
    void startProgram() throws IOException {
        if (spec.servers().isEmpty()) {
            return;
        }
        ProgramProcess started = network.start(
                name(),
                log("app"),
                cgroup.child("app"),
                Map.of(),
                spec.command(address()).toArray(String[]::new));
        program = started;
        started.awaitReady(READY_DEADLINE, () -> started.log().contains("backend ready"));
    }

    /** Asks its program to end, and ends what is left of it after that time, with all that it was made of. */
    void remove(Duration grace) throws IOException, InterruptedException {
        ProgramProcess running = program;
        if (running != null) {
            running.terminate();
            running.awaitExitOrKill(grace);
        }
        pause.kill();
        cgroup.close();
        network.close();
    }

    private Path log(String what) {
        return directory.resolve(state.namespace() + "-" + state.name() + "-" + what + ".log");
    }
}
