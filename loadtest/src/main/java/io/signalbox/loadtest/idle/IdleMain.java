package io.signalbox.loadtest.idle;

import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.Poll;
import io.signalbox.loadtest.harness.ProgramProcess;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The memory of idle connections as a program: {@code loadtest/bin/idle}. */
@Command(
        name = "idle",
        mixinStandardHelpOptions = true,
        description = "Opens many HTTP/2 connections to an agent, makes some calls on each and leaves them idle; says"
                + " what they cost the agent, and fails if that is over the budget.")
public final class IdleMain implements Callable<Integer> {
    private static final String PATH = "/signalbox.loadtest.v1.EchoService/Unary";
    private static final Duration SETTLE_DEADLINE = Duration.ofSeconds(60);
    private static final int REPLICAS = 3;

    /** Connections that come and go before anything is measured. */
    private static final int WARM_UP = 200;

    /** The agent lets go of what it kept for the next request after two seconds. */
    private static final Duration TRIM = Duration.ofSeconds(4);

    @Option(names = "--connections", description = "Default: ${DEFAULT-VALUE}.")
    private int connections = 10_000;

    @Option(names = "--calls", description = "Calls on each connection before it idles. Default: ${DEFAULT-VALUE}.")
    private int calls = 3;

    @Option(
            names = "--budget",
            description = "KiB that one idle connection may add to the agent's Pss. Default: ${DEFAULT-VALUE}.")
    private double budgetKib = 8;

    @Option(names = "--results", description = "Directory for the report. Default: loadtest/results.")
    private Path results = Launchers.root().resolve("loadtest/results");

    /** Memory of the agent, in bytes: of the process, and of its heap after a collection. */
    private record Memory(long pss, long heap) {}

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new IdleMain())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    System.err.println("idle: " + failure);
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = Launchers.root().resolve("loadtest/target/idle");
        List<Http2Caller> callers = new ArrayList<>();
        try (Mesh mesh = Mesh.create(directory)) {
            MeshService<GrpcBackend> service =
                    mesh.add(ServiceSpec.of("idle", PortProtocol.GRPC).roundRobin(), GrpcBackend::start, REPLICAS);
            mesh.start();
            ServiceSpec spec = service.spec();
            InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(spec.clusterIp()), spec.port());
            ProgramProcess agent = mesh.agent().process();
            // What the first connections bring once, such as loaded classes, is not theirs.
            for (int i = 0; i < WARM_UP; i++) {
                try (Http2Caller caller = Http2Caller.open(address, spec.host(), PATH)) {
                    call(caller);
                }
            }
            Memory before = memory(agent, directory);
            for (int i = 0; i < connections; i++) {
                Http2Caller caller = Http2Caller.open(address, spec.host(), PATH);
                callers.add(caller);
                call(caller);
            }
            expectCalls(service, (connections + WARM_UP) * (long) calls);
            Thread.sleep(TRIM);
            Memory idle = memory(agent, directory);
            for (Http2Caller caller : callers) {
                call(caller);
            }
            Thread.sleep(TRIM);
            Memory again = memory(agent, directory);
            for (Http2Caller caller : callers) {
                caller.close();
            }
            Poll.until(
                    SETTLE_DEADLINE,
                    () -> "connections are still open",
                    () -> mesh.agent()
                            .admin()
                            .json("/connections")
                            .path("connections")
                            .isEmpty());
            Memory after = memory(agent, directory);
            return report(before, idle, again, after);
        } finally {
            for (Http2Caller caller : callers) {
                caller.close();
            }
        }
    }

    private void call(Http2Caller caller) throws IOException {
        for (int i = 0; i < calls; i++) {
            caller.call();
        }
    }

    private static void expectCalls(MeshService<GrpcBackend> service, long expected) {
        long served = service.backends().stream().mapToLong(GrpcBackend::calls).sum();
        if (served != expected) {
            throw new IllegalStateException(
                    "calls that reached a backend: " + served + " (expected: " + expected + ")");
        }
    }

    /** After a full collection, so that garbage does not count. */
    private static Memory memory(ProgramProcess agent, Path directory) throws IOException, InterruptedException {
        jcmd(agent.pid(), "GC.run", directory);
        String info = jcmd(agent.pid(), "GC.heap_info", directory);
        long heap = info.lines()
                .filter(line -> line.contains(" used "))
                .filter(line -> line.contains("DefNew") || line.contains("Tenured"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".* used (\\d+)K.*", "$1")) * 1024)
                .sum();
        return new Memory(agent.stats().pssBytes(), heap);
    }

    private static String jcmd(long pid, String command, Path directory) throws IOException, InterruptedException {
        Path output = directory.resolve("jcmd.txt");
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        int status = new ProcessBuilder(jcmd.toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("jcmd " + command + ": status " + status + ": " + Files.readString(output));
        }
        return Files.readString(output);
    }

    private int report(Memory before, Memory idle, Memory again, Memory after) throws IOException {
        double perConnection = (idle.pss() - before.pss()) / 1024.0 / connections;
        String text = String.format(
                Locale.ROOT,
                """
                # Idle connections

                By loadtest/bin/idle: %d HTTP/2 connections, %d gRPC calls on each, then idle. Memory of the agent, its heap after
                a full collection; the kernel's socket buffers are not in it.

                | when | Pss MB | heap MB |
                |---|---|---|
                | before | %s |
                | all idle | %s |
                | idle again after %d more calls on each | %s |
                | all closed | %s |

                One idle connection: %.1f KiB of Pss, %.1f KiB of heap (budget: %.1f KiB of Pss).
                """,
                connections,
                calls,
                row(before),
                row(idle),
                calls,
                row(again),
                row(after),
                perConnection,
                (idle.heap() - before.heap()) / 1024.0 / connections,
                budgetKib);
        System.out.print(text);
        Files.createDirectories(results);
        Files.writeString(results.resolve("idle.md"), text);
        if (perConnection > budgetKib) {
            System.err.printf(
                    Locale.ROOT, "idle: %.1f KiB per connection (expected: at most %.1f)%n", perConnection, budgetKib);
            return 1;
        }
        return 0;
    }

    private static String row(Memory memory) {
        return String.format(Locale.ROOT, "%.1f | %.1f", memory.pss() / 1e6, memory.heap() / 1e6);
    }
}
