package io.signalbox.loadtest.startup;

import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.Origin;
import io.signalbox.loadtest.harness.ProgramProcess;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The starts of both programs as a program: {@code loadtest/bin/startup}. */
@Command(
        name = "startup",
        mixinStandardHelpOptions = true,
        description = "Starts config service and agent again and again, with and without ahead-of-time cache; says how"
                + " long each takes from exec to ready, and what the agent's 99th percentile is, second by second, at"
                + " a fixed rate.")
public final class StartupMain implements Callable<Integer> {
    /** After ready, until memory is looked at. */
    private static final Duration SETTLE = Duration.ofSeconds(2);

    private static final int WARM_UP_SECONDS = 15;

    @Option(names = "--starts", description = "Of each program and kind. Default: ${DEFAULT-VALUE}.")
    private int starts = 5;

    @Option(names = "--rate", description = "Requests a second. Default: ${DEFAULT-VALUE}.")
    private int rate = 1_000;

    @Option(names = "--seconds", description = "Length of the load. Default: ${DEFAULT-VALUE}.")
    private int seconds = 60;

    @Option(names = "--services", description = "Besides the one that gets traffic. Default: ${DEFAULT-VALUE}.")
    private int services = 10;

    @Option(names = "--results", description = "Directory for the report. Default: loadtest/results.")
    private Path results = Launchers.root().resolve("loadtest/results");

    /** A kind of start, with its own programs. */
    private record Kind(String name, Path directory, Mesh mesh, MeshService<HttpBackend> service) {}

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new StartupMain())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    System.err.println("startup: " + failure);
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path work = Launchers.root().resolve("loadtest/target/startup");
        try (Mesh with = Mesh.create(work.resolve("with"));
                Mesh without = Mesh.create(work.resolve("without"))) {
            Map<String, String> off = Map.of("SIGNALBOX_JAVA_OPTS", "-XX:AOTMode=off");
            without.withAgentEnvironment(off).withConfigServiceEnvironment(off);
            List<Kind> kinds = List.of(
                    prepare("with cache", work.resolve("with"), with),
                    prepare("without", work.resolve("without"), without));
            StartupReport report = new StartupReport();
            for (int i = 0; i < starts; i++) {
                for (Kind kind : kinds) {
                    measureStarts(kind, report);
                }
            }
            measureOnApiServer(work, off, report);
            // The client and the backends are warm before anybody is measured with them.
            startAgain(kinds.getFirst());
            FixedRate.p99BySecond(kinds.getFirst().service(), rate, WARM_UP_SECONDS);
            for (Kind kind : kinds) {
                startAgain(kind);
                report.firstMinute(kind.name(), FixedRate.p99BySecond(kind.service(), rate, seconds));
                report.pssAfterLoad(kind.name(), kind.mesh().agent().process().stats());
                stop(kind);
            }
            String text = report.markdown(
                    Origin.of("loadtest/bin/startup --starts " + starts + " --rate " + rate + " --seconds " + seconds
                            + " --services " + services),
                    rate);
            System.out.print(text);
            Files.createDirectories(results);
            Files.writeString(results.resolve("startup.md"), text);
            return 0;
        }
    }

    private Kind prepare(String name, Path directory, Mesh mesh) throws IOException {
        MeshService<HttpBackend> service =
                mesh.add(ServiceSpec.of("catalog", PortProtocol.HTTP), HttpBackend::start, 3);
        for (int i = 0; i < services; i++) {
            mesh.declare(
                    ServiceSpec.of("other-" + i, PortProtocol.HTTP)
                            .withPort(service.spec().port())
                            .withClusterIp("127.1." + (1 + i / 250) + "." + (1 + i % 250)),
                    List.of("127.2.250.1", "127.2.250.2"));
        }
        mesh.start();
        return new Kind(name, directory, mesh, service);
    }

    private static void measureStarts(Kind kind, StartupReport report) throws IOException, InterruptedException {
        stop(kind);
        long begun = System.nanoTime();
        kind.mesh().configService().restart();
        report.start(
                "config service",
                kind.name(),
                sample(begun, kind.mesh().configService().process()));
        // Without a last-known-good copy: the way that takes longest.
        Mesh.deleteTree(kind.directory().resolve("agent-data"));
        begun = System.nanoTime();
        kind.mesh().agent().restart();
        kind.mesh().agent().awaitReady();
        report.start("agent", kind.name(), sample(begun, kind.mesh().agent().process()));
        stop(kind);
    }

    private static StartupReport.Start sample(long begun, ProgramProcess process) throws InterruptedException {
        long millis = (System.nanoTime() - begun) / 1_000_000;
        long cpuMillis = process.stats().cpuMicros() / 1_000;
        Thread.sleep(SETTLE);
        return new StartupReport.Start(millis, cpuMillis, process.stats().pssBytes());
    }

    /** Starts of the config service alone, that follows an API server which answers at once. */
    private void measureOnApiServer(Path work, Map<String, String> withoutCache, StartupReport report)
            throws IOException, InterruptedException {
        try (Mesh with = Mesh.create(work.resolve("api-with")).onApiServer();
                Mesh without = Mesh.create(work.resolve("api-without"))
                        .onApiServer()
                        .withConfigServiceEnvironment(withoutCache)) {
            List<Kind> kinds = List.of(
                    prepare("with cache", work.resolve("api-with"), with),
                    prepare("without", work.resolve("api-without"), without));
            kinds.forEach(StartupMain::stop);
            for (int i = 0; i < starts; i++) {
                for (Kind kind : kinds) {
                    long begun = System.nanoTime();
                    kind.mesh().configService().restart();
                    report.start(
                            "config service on Kubernetes",
                            kind.name(),
                            sample(begun, kind.mesh().configService().process()));
                    stop(kind);
                }
            }
        }
    }

    private static void startAgain(Kind kind) throws IOException {
        stop(kind);
        kind.mesh().configService().restart();
        kind.mesh().agent().restart();
        kind.mesh().agent().awaitReady();
        kind.mesh().awaitServing();
    }

    private static void stop(Kind kind) {
        kind.mesh().agent().close();
        kind.mesh().configService().close();
    }
}
