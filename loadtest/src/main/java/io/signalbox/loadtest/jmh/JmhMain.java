package io.signalbox.loadtest.jmh;

import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The agent's benchmarks as a program: {@code loadtest/bin/jmh}. */
@Command(
        name = "jmh",
        mixinStandardHelpOptions = true,
        description = "Compiles and runs the agent's JMH benchmarks with the flags of its launcher, and writes time and"
                + " allocated bytes per operation to loadtest/results/jmh.json and jmh.md.")
public final class JmhMain implements Callable<Integer> {
    private static final Path ROOT = Launchers.root();
    private static final List<String> JVM_FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-Xms512m",
            "-Xmx512m",
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    @Option(names = "--iterations", description = "Measured, of a second each. Default: ${DEFAULT-VALUE}.")
    private int iterations = 5;

    @Option(names = "--warm-up", description = "Iterations before those. Default: ${DEFAULT-VALUE}.")
    private int warmUp = 5;

    @Option(names = "--forks", description = "JVMs, one after the other. Default: ${DEFAULT-VALUE}.")
    private int forks = 2;

    @Option(names = "--results", description = "Directory for the report. Default: loadtest/results.")
    private Path results = ROOT.resolve("loadtest/results");

    @Parameters(arity = "0..1", description = "Regular expression of benchmarks, such as RouteMatch. Default: all.")
    private String benchmarks = ".*";

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new JmhMain())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    System.err.println("jmh: " + failure.getMessage());
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path work = Files.createDirectories(ROOT.resolve("loadtest/target/jmh"));
        String classPath = compile(work);
        Path json = Files.createDirectories(results).resolve("jmh.json");
        List<String> command = new ArrayList<>(List.of(tool("java")));
        command.addAll(List.of("-cp", classPath, "org.openjdk.jmh.Main", benchmarks));
        command.addAll(List.of("-wi", "" + warmUp, "-w", "1", "-i", "" + iterations, "-r", "1", "-f", "" + forks));
        command.addAll(List.of("-prof", "gc", "-foe", "true", "-rf", "json", "-rff", json.toString()));
        command.addAll(List.of("-jvmArgs", String.join(" ", JVM_FLAGS)));
        run(command);
        String markdown = JmhReport.read(json)
                .markdown(Origin.of("loadtest/bin/jmh --warm-up " + warmUp + " --iterations " + iterations + " --forks "
                        + forks + (benchmarks.equals(".*") ? "" : " " + benchmarks)));
        Files.writeString(results.resolve("jmh.md"), markdown);
        System.out.print("\n" + markdown);
        return 0;
    }

    /** The build compiles the benchmarks as it does tests; here JMH's processor adds what it needs to run them. */
    private static String compile(Path work) throws IOException, InterruptedException {
        Path list = work.resolve("class-path");
        Path classes = Files.createDirectories(work.resolve("classes"));
        run(List.of(
                ROOT.resolve("mvnw").toString(),
                "-q",
                "-B",
                "-f",
                ROOT.resolve("pom.xml").toString(),
                "-pl",
                "agent",
                "-am",
                "test-compile",
                "dependency:build-classpath",
                "-Dmdep.includeScope=test",
                "-Dmdep.outputFile=" + list));
        Path target = ROOT.resolve("agent/target");
        String classPath = String.join(
                ":",
                classes.toString(),
                target.resolve("test-classes").toString(),
                target.resolve("classes").toString(),
                Files.readString(list).strip());
        List<String> javac = new ArrayList<>(List.of(tool("javac"), "-proc:full", "-nowarn", "-cp", classPath));
        javac.addAll(List.of("-processor", "org.openjdk.jmh.generators.BenchmarkProcessor", "-d", classes.toString()));
        try (Stream<Path> sources = Files.walk(ROOT.resolve("agent/src/test/java"))) {
            sources.map(Path::toString)
                    .filter(name -> name.endsWith("Benchmark.java"))
                    .forEach(javac::add);
        }
        run(javac);
        return classPath;
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException(command.getFirst() + ": exit code " + status + " (expected: 0)");
        }
    }
}
