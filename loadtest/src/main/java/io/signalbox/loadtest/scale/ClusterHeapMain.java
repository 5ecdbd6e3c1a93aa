package io.signalbox.loadtest.scale;

import io.signalbox.loadtest.harness.AdminClient;
import io.signalbox.loadtest.harness.FreePorts;
import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The heap of a config service that follows a large cluster, as a program: {@code loadtest/bin/cluster-heap}. */
@Command(
        name = "cluster-heap",
        mixinStandardHelpOptions = true,
        description = "Starts a config service on an API server with many objects and measures its heap after a full"
                + " collection; writes a report.")
public final class ClusterHeapMain implements Callable<Integer> {
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final double KIBI = 1024;
    private static final double MEGA = 1e6;
    private static final Pattern USED = Pattern.compile(
            "(?:DefNew|Tenured|garbage-first heap|PSYoungGen|ParOldGen)" + ".* used (?<kibibytes>[0-9]+)K");

    @Option(names = "--services", description = "Default: ${DEFAULT-VALUE}.")
    private int services = 5000;

    @Option(names = "--pods", description = "Default: ${DEFAULT-VALUE}.")
    private int pods = 50_000;

    @Option(names = "--nodes", description = "Default: ${DEFAULT-VALUE}.")
    private int nodes = 500;

    @Option(names = "--results", description = "Directory for the report. Default: loadtest/results.")
    private Path results = Launchers.root().resolve("loadtest/results");

    private final Map<String, String> figures = new LinkedHashMap<>();

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ClusterHeapMain())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    System.err.println("cluster-heap: " + failure.getMessage());
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = Launchers.root().resolve("loadtest/target/cluster-heap");
        Mesh.deleteTree(directory);
        Files.createDirectories(directory);
        ListedCluster cluster = new ListedCluster(services, pods, nodes);
        figures.put("services, EndpointSlices, pods, nodes", services + ", " + services + ", " + pods + ", " + nodes);
        figures.put(
                "a pod as the API server tells it, bytes",
                Integer.toString(cluster.object("pods", 0).length()));
        try (ListServer server = new ListServer(cluster);
                ProgramProcess configService = start(directory, server)) {
            long heap = heap(configService.pid(), directory);
            figures.put("heap after a full collection, MB", String.format(Locale.ROOT, "%.1f", heap / MEGA));
            figures.put("heap per pod, all that there is shared out among the pods, bytes", Long.toString(heap / pods));
            figures.put(
                    "Pss, MB",
                    String.format(Locale.ROOT, "%.0f", configService.stats().pssBytes() / MEGA));
        }
        report();
        return 0;
    }

    private ProgramProcess start(Path directory, ListServer server) throws IOException {
        Path kubeconfig = directory.resolve("kubeconfig");
        Files.writeString(kubeconfig, """
                apiVersion: v1
                kind: Config
                clusters: [{name: listed, cluster: {server: 'http://127.0.0.1:%d'}}]
                users: [{name: reader, user: {}}]
                contexts: [{name: listed, context: {cluster: listed, user: reader}}]
                current-context: listed
                """.formatted(server.port()));
        int http = FreePorts.next();
        long begin = System.nanoTime();
        ProgramProcess process = ProgramProcess.start(
                "config-service",
                List.of(
                        Launchers.configService(),
                        "--insecure-development",
                        "--source",
                        "kubernetes",
                        "--kubeconfig",
                        kubeconfig.toString(),
                        "--write-status",
                        "false",
                        "--http-port",
                        Integer.toString(http),
                        "--grpc-port",
                        "0"),
                Map.of(),
                directory.resolve("config-service.log"));
        AdminClient rest = AdminClient.at(http);
        process.awaitReady(DEADLINE, () -> rest.isOk("/health/ready"));
        figures.put("start to ready, ms", String.format(Locale.ROOT, "%.0f", (System.nanoTime() - begin) / MEGA));
        return process;
    }

    private static long heap(long pid, Path directory) throws IOException, InterruptedException {
        jcmd(pid, "GC.run", directory);
        Matcher used = USED.matcher(jcmd(pid, "GC.heap_info", directory));
        double bytes = 0;
        while (used.find()) {
            bytes += Long.parseLong(used.group("kibibytes")) * KIBI;
        }
        return (long) bytes;
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

    private void report() throws IOException {
        StringBuilder text = new StringBuilder(
                "# A large cluster in the config service's heap\n\nBy loadtest/bin/cluster-heap.\n\n| figure | value |\n|---|---|\n");
        figures.forEach((name, value) ->
                text.append("| ").append(name).append(" | ").append(value).append(" |\n"));
        System.out.print(text);
        Files.createDirectories(results);
        Files.writeString(results.resolve("cluster-heap.md"), text);
    }
}
