package io.signalbox.loadtest.bench;

import io.signalbox.loadtest.harness.FreePorts;
import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.ProgramProcess;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The benchmark as a program: {@code loadtest/bin/bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures CPU per request of the agent, haproxy and nginx, side by side. Needs two CPUs.")
public final class BenchMain implements Callable<Integer> {
    private static final Map<String, String> PACKAGE_BY_TOOL = new TreeMap<>(Map.of(
            "taskset",
            "util-linux",
            "h2load",
            "nghttp2-client",
            "nghttpd",
            "nghttp2-server",
            "haproxy",
            "haproxy",
            "nginx",
            "nginx"));
    private static final String SUBJECT = "agent";
    private static final int PEER_WARM_UP_SECONDS = 2;
    private static final String HOST = "bench.shop.svc.cluster.local";

    @Option(names = "--rounds", description = "Rounds per protocol. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(names = "--seconds", description = "Length of a round. Default: ${DEFAULT-VALUE}.")
    private int seconds = 3;

    @Option(names = "--warm-up", description = "Seconds of load on the agent beforehand. Default: ${DEFAULT-VALUE}.")
    private int warmUpSeconds = 20;

    @Option(names = "--results", description = "Directory for the report. Default: loadtest/results.")
    private Path results = Launchers.root().resolve("loadtest/results");

    @Parameters(arity = "0..*", description = "Protocols: ${COMPLETION-CANDIDATES}. Default: all.")
    private List<Protocol> protocols = new ArrayList<>(List.of(Protocol.values()));

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new BenchMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    System.err.println("bench: " + failure.getMessage());
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String missing = missingPackages();
        if (!missing.isEmpty()) {
            System.err.println("bench: tools are missing (install them: apt-get install " + missing + ")");
            return 1;
        }
        if (Runtime.getRuntime().availableProcessors() < 2) {
            System.err.println("bench: one CPU (expected: two, one for the proxy and one for the rest)");
            return 1;
        }
        Map<Protocol, List<List<Measurement>>> all = new EnumMap<>(Protocol.class);
        for (Protocol protocol : protocols) {
            all.put(protocol, measure(protocol));
        }
        BenchReport report = new BenchReport(SUBJECT, facts(), all);
        Files.createDirectories(results);
        Path file = results.resolve("proxies-" + commit() + ".md");
        Files.writeString(file, report.markdown());
        Files.writeString(results.resolve("proxies-" + commit() + ".json"), report.json());
        System.out.println();
        System.out.print(report.markdown());
        System.out.println("\nWritten to " + file + " and .json");
        return 0;
    }

    private List<List<Measurement>> measure(Protocol protocol) throws IOException, InterruptedException {
        System.out.println(protocol.description());
        Path directory = Files.createTempDirectory("signalbox-bench-");
        List<ProgramProcess> started = new ArrayList<>();
        List<String> backends = List.of("127.2.9.1", "127.2.9.2", "127.2.9.3");
        int backendPort = FreePorts.next();
        try (Mesh mesh = Mesh.create(directory.resolve("mesh"))) {
            Path body = Files.writeString(directory.resolve("body"), "x".repeat(100));
            H2Load client = new H2Load(body);
            Peers peers = new Peers(directory, started);
            switch (protocol) {
                case HTTP1 -> peers.http1Backends(backends, backendPort);
                case HTTP2 -> peers.http2Backends(backends, backendPort);
            }
            List<Contender> contenders = new ArrayList<>(List.of(
                    agent(mesh, protocol, backends, backendPort),
                    peers.haproxy(protocol, backends, backendPort),
                    peers.nginx(protocol, backends, backendPort)));
            for (Contender contender : contenders) {
                boolean isAgent = contender.name().equals(SUBJECT);
                client.run(protocol, contender.address(), HOST, isAgent ? warmUpSeconds : PEER_WARM_UP_SECONDS);
            }
            List<List<Measurement>> measured = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                List<Measurement> measurements = new ArrayList<>();
                for (Contender contender : contenders) {
                    measurements.add(measure(client, protocol, contender));
                }
                measured.add(measurements);
                // Nobody is always first.
                Collections.rotate(contenders, 1);
            }
            return measured;
        } finally {
            started.forEach(ProgramProcess::close);
            Mesh.deleteTree(directory);
        }
    }

    private Measurement measure(H2Load client, Protocol protocol, Contender contender)
            throws IOException, InterruptedException {
        long cpuBefore = contender.process().stats().cpuMicros();
        H2Load.Result result = client.run(protocol, contender.address(), HOST, seconds);
        var after = contender.process().stats();
        Measurement measurement = new Measurement(
                contender.name(), result.succeeded(), after.cpuMicros() - cpuBefore, seconds, after.pssBytes());
        System.out.printf(
                Locale.ROOT,
                "  %-8s %6.2f us/request  %7.0f requests/s%n",
                contender.name(),
                measurement.cpuMicrosPerRequest(),
                measurement.requestsPerSecond());
        return measurement;
    }

    /** The agent, with one service in front of the backends, balanced by round robin as the peers do. */
    private static Contender agent(Mesh mesh, Protocol protocol, List<String> backends, int backendPort)
            throws IOException {
        PortProtocol portProtocol = switch (protocol) {
            case HTTP1 -> PortProtocol.HTTP;
            case HTTP2 -> PortProtocol.GRPC;
        };
        ServiceSpec service =
                mesh.declare(ServiceSpec.of("bench", portProtocol).roundRobin().withTargetPort(backendPort), backends);
        mesh.pinned(H2Load.CLIENT_CPU, Peers.PROXY_CPU).start();
        return new Contender(
                SUBJECT,
                service.clusterIp() + ":" + service.port(),
                mesh.agent().process());
    }

    private Map<String, String> facts() throws IOException, InterruptedException {
        return Map.of(
                "commit", commit(),
                "machine",
                        Runtime.getRuntime().availableProcessors() + " x "
                                + firstMatch(Files.readString(Path.of("/proc/cpuinfo")), "model name")
                                + ", Linux " + output("uname", "-r"),
                "versions",
                        "JDK " + Runtime.version() + "; " + firstLine(output("haproxy", "-v")) + "; "
                                + firstLine(output("nginx", "-v")) + "; " + firstLine(output("h2load", "--version")),
                "command",
                        "loadtest/bin/bench --rounds " + rounds + " --seconds " + seconds + " --warm-up "
                                + warmUpSeconds);
    }

    private static String commit() throws IOException, InterruptedException {
        return output("git", "-C", Launchers.root().toString(), "rev-parse", "--short", "HEAD");
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private static String firstMatch(String text, String key) {
        return text.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.strip();
    }

    private static String missingPackages() throws IOException, InterruptedException {
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, String> tool : PACKAGE_BY_TOOL.entrySet()) {
            if (output("sh", "-c", "command -v " + tool.getKey()).isEmpty()) {
                missing.add(tool.getValue());
            }
        }
        return String.join(" ", missing);
    }
}
