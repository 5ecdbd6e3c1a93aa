package io.signalbox.loadtest.scale;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.AdminClient;
import io.signalbox.loadtest.harness.HttpConnection;
import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.Poll;
import io.signalbox.loadtest.harness.ProgramProcess;
import io.signalbox.loadtest.harness.RegistryFiles;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The figures of a large registry as a program: {@code loadtest/bin/scale}. */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        description = "Compiles a large registry, changes an endpoint again and again while traffic runs, and asks"
                + " explain; writes a report.")
public final class ScaleMain implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int HTTP_PORT = 18080;
    private static final int GRPC_PORT = 15010;
    private static final int ADMIN_PORT = 15000;
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final long MAX_MICROS = 60_000_000;

    /** Changes that are not counted: the programs have just started. */
    private static final int WARM_UP = 50;

    /** Questions that are not counted; their code is compiled for good only after thousands. */
    private static final int WARM_UP_QUESTIONS = 10_000;

    private static final ServiceSpec MOVING = ServiceSpec.of("moving", PortProtocol.HTTP)
            .withClusterIp("10.97.0.1")
            .withPort(80)
            .withTargetPort(8081);

    @Option(names = "--services", description = "Default: ${DEFAULT-VALUE}.")
    private int services = 5000;

    @Option(names = "--endpoints", description = "Endpoints a service. Default: ${DEFAULT-VALUE}.")
    private int endpoints = 10;

    @Option(
            names = "--rules",
            description = "VirtualServices, and as many DestinationRules. Default: ${DEFAULT-VALUE}.")
    private int rules = 500;

    @Option(names = "--changes", description = "Endpoint changes. Default: ${DEFAULT-VALUE}.")
    private int changes = 300;

    @Option(names = "--questions", description = "Questions to explain. Default: ${DEFAULT-VALUE}.")
    private int questions = 5000;

    @Option(names = "--results", description = "Directory for the report. Default: loadtest/results.")
    private Path results = Launchers.root().resolve("loadtest/results");

    private final Map<String, String> figures = new LinkedHashMap<>();

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ScaleMain())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    System.err.println("scale: " + failure.getMessage());
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException {
        Path directory = Launchers.root().resolve("loadtest/target/scale");
        Mesh.deleteTree(directory);
        RegistryFiles registry = new RegistryFiles(directory.resolve("registry"), directory.resolve("drafts"));
        new LargeRegistry(services, endpoints, rules).write(registry.directory());
        figures.put("services, endpoints, VirtualServices", services + ", " + services * endpoints + ", " + rules);
        List<InetAddress> places = List.of(InetAddress.ofLiteral("127.2.9.1"), InetAddress.ofLiteral("127.2.9.2"));
        registry.writeService(MOVING, places.subList(0, 1));
        try (HttpBackend first = HttpBackend.start("place-0", new InetSocketAddress(places.get(0), 8081));
                HttpBackend second = HttpBackend.start("place-1", new InetSocketAddress(places.get(1), 8081));
                ProgramProcess configService = startConfigService(directory);
                ProgramProcess agent = startAgent(directory)) {
            changeEndpoints(registry, places, List.of(first.name(), second.name()));
            explain();
            figures.put("config service Pss MB", megabytes(configService.stats().pssBytes()));
            figures.put("agent Pss MB", megabytes(agent.stats().pssBytes()));
        }
        report();
        return 0;
    }

    private ProgramProcess startConfigService(Path directory) throws IOException {
        long start = System.nanoTime();
        ProgramProcess process = ProgramProcess.start(
                "config-service",
                List.of(
                        Launchers.configService(),
                        "--registry",
                        directory.resolve("registry").toString(),
                        "--insecure-development",
                        "--http-port",
                        Integer.toString(HTTP_PORT),
                        "--grpc-port",
                        Integer.toString(GRPC_PORT)),
                Map.of(),
                directory.resolve("config-service.log"));
        AdminClient rest = AdminClient.at(HTTP_PORT);
        process.awaitReady(DEADLINE, () -> rest.isOk("/health/ready"));
        figures.put("config service: start to ready, ms", millis(System.nanoTime() - start));
        rest.metrics()
                .sumBy("signalbox_config_stage_duration_seconds_sum", "stage")
                .forEach((stage, seconds) -> figures.put("cold, " + stage + ", ms", millis((long) (seconds * 1e9))));
        return process;
    }

    private ProgramProcess startAgent(Path directory) throws IOException {
        long start = System.nanoTime();
        ProgramProcess process = ProgramProcess.start(
                "agent",
                List.of(
                        Launchers.agent(),
                        "--config-service",
                        "127.0.0.1:" + GRPC_PORT,
                        "--insecure-development",
                        "--node",
                        Mesh.NODE,
                        "--capture",
                        "redirect",
                        "--admin-port",
                        Integer.toString(ADMIN_PORT),
                        "--data-dir",
                        directory.resolve("agent-data").toString()),
                Map.of("OTEL_TRACES_EXPORTER", "none", "SIGNALBOX_JAVA_OPTS", "-Xmx512m"),
                directory.resolve("agent.log"));
        AdminClient admin = AdminClient.at(ADMIN_PORT);
        process.awaitReady(DEADLINE, () -> admin.isOk("/ready"));
        figures.put("agent: start to ready with all of it, ms", millis(System.nanoTime() - start));
        return process;
    }

    /** From the moment a file is put in place to the first answer of the new endpoint over an open connection. */
    private void changeEndpoints(RegistryFiles registry, List<InetAddress> places, List<String> names)
            throws IOException {
        Histogram micros = new Histogram(MAX_MICROS, 3);
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(MOVING.clusterIp()), MOVING.port());
        try (HttpConnection connection = HttpConnection.open(address)) {
            Poll.until(DEADLINE, () -> "no answer of the first endpoint", () -> answers(connection, names.get(0)));
            for (int i = 1; i <= WARM_UP + changes; i++) {
                int to = i % 2;
                registry.writeService(MOVING, places.subList(to, to + 1));
                long start = System.nanoTime();
                while (!answers(connection, names.get(to))) {
                    if (System.nanoTime() - start > DEADLINE.toNanos()) {
                        throw new IllegalStateException("change " + i + " has not arrived");
                    }
                }
                if (i > WARM_UP) {
                    micros.recordValue(Math.min(MAX_MICROS, (System.nanoTime() - start) / 1000));
                }
            }
        }
        percentiles("endpoint change to traffic", micros);
    }

    private static boolean answers(HttpConnection connection, String endpoint) {
        try {
            return connection.get(MOVING.host(), "/").endpoint().equals(endpoint);
        } catch (IOException e) {
            throw new IllegalStateException("a request failed: " + e, e);
        }
    }

    private void explain() {
        AdminClient rest = AdminClient.at(HTTP_PORT);
        Histogram micros = new Histogram(MAX_MICROS, 3);
        Random random = new Random(1);
        for (int i = 0; i < WARM_UP_QUESTIONS + questions; i++) {
            int service = random.nextInt(services);
            ObjectNode question = question(service);
            long start = System.nanoTime();
            String outcome = rest.post("/v1/explain", question).path("outcome").asText();
            if (i >= WARM_UP_QUESTIONS) {
                micros.recordValue(Math.min(MAX_MICROS, (System.nanoTime() - start) / 1000));
            }
            if (!outcome.equals("route")) {
                throw new IllegalStateException(question + ": " + outcome + " (expected: route)");
            }
        }
        percentiles("explain over HTTP", micros);
    }

    private static ObjectNode question(int service) {
        ObjectNode question = JSON.createObjectNode();
        ObjectNode request = question.putObject("request")
                .put("destination", LargeRegistry.clusterIp(service) + ":" + LargeRegistry.port(service))
                .put("protocol", "http");
        request.putObject("source").put("namespace", LargeRegistry.namespace(service));
        request.putObject("http")
                .put("method", "GET")
                .put("authority", LargeRegistry.host(service))
                .put("path", "/api/items?page=2");
        return question;
    }

    private void percentiles(String what, Histogram micros) {
        figures.put(what + ", p50 ms", millis(micros.getValueAtPercentile(50) * 1000));
        figures.put(what + ", p99 ms", millis(micros.getValueAtPercentile(99) * 1000));
        figures.put(what + ", max ms", millis(micros.getMaxValue() * 1000));
    }

    private void report() throws IOException {
        StringBuilder text = new StringBuilder(
                "# A large registry\n\nBy loadtest/bin/scale on 2 CPUs, programs and client together; the first "
                        + WARM_UP + " changes and " + WARM_UP_QUESTIONS
                        + " questions are not counted.\n\n| figure | value |\n|---|---|\n");
        figures.forEach((name, value) ->
                text.append("| ").append(name).append(" | ").append(value).append(" |\n"));
        System.out.print(text);
        Files.createDirectories(results);
        Files.writeString(results.resolve("scale.md"), text);
    }

    private static String millis(long nanos) {
        return String.format(java.util.Locale.ROOT, "%.1f", nanos / 1e6);
    }

    private static String megabytes(long bytes) {
        return Long.toString(Math.round(bytes / 1e6));
    }
}
