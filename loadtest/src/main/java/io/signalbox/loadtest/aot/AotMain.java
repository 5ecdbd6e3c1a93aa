package io.signalbox.loadtest.aot;

import io.signalbox.loadtest.harness.AgentProgram;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the ahead-of-time caches of agent and config service: {@code loadtest/bin/aot}, which the build runs. */
@Command(
        name = "aot",
        mixinStandardHelpOptions = true,
        description = "Makes the ahead-of-time caches of agent and config service, by running both under traffic.")
public final class AotMain implements Callable<Integer> {
    /** For the JVM to write a cache after its program has ended. */
    private static final Duration EXIT_DEADLINE = Duration.ofMinutes(3);

    @Option(names = "--force", description = "Make them anew even if they are newer than what they were made from.")
    private boolean force;

    @Option(
            names = "--kubernetes",
            description =
                    "Train the config service on an API server, for starts in Kubernetes mode. Starts with files are"
                            + " slower with such a cache.")
    private boolean kubernetes;

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new AotMain())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    System.err.println("aot: " + failure.getMessage());
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<AotCache> caches = List.of(AotCache.ofConfigService(), AotCache.ofAgent());
        boolean areCurrent = true;
        for (AotCache cache : caches) {
            areCurrent &= cache.isCurrent();
        }
        if (areCurrent && !force) {
            return 0;
        }
        long begun = System.nanoTime();
        for (AotCache cache : caches) {
            cache.delete();
        }
        Path directory = Files.createTempDirectory("signalbox-aot-");
        train(directory, caches.getFirst(), caches.getLast());
        Mesh.deleteTree(directory);
        for (AotCache cache : caches) {
            System.out.printf(Locale.ROOT, "aot: %s, %d MB%n", cache.file(), Files.size(cache.file()) >> 20);
        }
        System.out.printf(Locale.ROOT, "aot: took %.1f s%n", (System.nanoTime() - begun) / 1e9);
        return 0;
    }

    private void train(Path directory, AotCache configService, AotCache agent)
            throws IOException, InterruptedException {
        try (Mesh mesh = Mesh.create(directory)
                .withConfigServiceEnvironment(recording(configService))
                .withAgentEnvironment(recording(agent))) {
            if (kubernetes) {
                mesh.onApiServer();
            }
            Training training = Training.prepare(mesh);
            mesh.start();
            training.run();
            AgentProgram program = mesh.agent();
            program.process().terminate();
            mesh.configService().process().terminate();
            keep(agent, program.process());
            keep(configService, mesh.configService().process());
        }
    }

    private static Map<String, String> recording(AotCache cache) {
        return Map.of("SIGNALBOX_JAVA_OPTS", "-XX:AOTCacheOutput=" + cache.draft());
    }

    /** Waits for the JVM to write the cache; one that is half written is never used, because it has another name. */
    private static void keep(AotCache cache, ProgramProcess process) throws IOException, InterruptedException {
        process.awaitExit(EXIT_DEADLINE);
        if (!Files.isRegularFile(cache.draft())) {
            throw new IOException(
                    cache.draft() + ": not written (expected: the JVM writes it at its end)\n" + process.logTail());
        }
        cache.publish();
    }
}
