package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.harness.Commands;
import io.signalbox.loadtest.harness.Launchers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What both programs say to bad options: one line that names the option, and exit code 64. */
class LauncherOptionsIT {
    private static final int USAGE = 64;

    @TempDir
    private static Path directory;

    static Stream<BadOption> badOptions() {
        String[] agent = {
            Launchers.agent(),
            "--config-service",
            "127.0.0.1:1",
            "--insecure-development",
            "--node",
            "n",
            "--data-dir",
            directory.toString()
        };
        String[] service = {Launchers.configService(), "--insecure-development", "--registry", directory.toString()};
        return Stream.of(
                BadOption.of("unknown option", "--prot", agent, "--prot", "1"),
                BadOption.of("admin port out of range", "admin-port", agent, "--admin-port", "70000"),
                BadOption.of("admin port that is no number", "admin-port", agent, "--admin-port", "http"),
                BadOption.of("capture mode that is none", "capture", agent, "--capture", "tproxy"),
                BadOption.of("drain timeout without unit", "drain-timeout", agent, "--drain-timeout", "soon"),
                BadOption.of("config service without port", "config-service", agent, "--config-service", "host"),
                BadOption.of(
                        "configuration file that is not there", "missing.yaml", agent, "--config", "/missing.yaml"),
                BadOption.of("no node", "node", new String[] {
                    Launchers.agent(),
                    "--config-service",
                    "127.0.0.1:1",
                    "--insecure-development",
                    "--data-dir",
                    directory.toString()
                }),
                BadOption.of("no value", "--node", new String[] {Launchers.agent(), "--node"}),
                BadOption.of("unknown option", "--prot", service, "--prot", "1"),
                BadOption.of("HTTP port out of range", "http-port", service, "--http-port", "70000"),
                BadOption.of("gRPC port that is no number", "grpc-port", service, "--grpc-port", "grpc"),
                BadOption.of("registry that is not there", "registry", service, "--registry", "/missing"),
                BadOption.of("log format that is none", "log-format", service, "--log-format", "xml"),
                BadOption.of(
                        "no registry", "registry", new String[] {Launchers.configService(), "--insecure-development"}),
                BadOption.of("no TLS", "--tls-certificate", new String[] {
                    Launchers.configService(), "--registry", directory.toString()
                }),
                BadOption.of(
                        "plain text for all the world", "--insecure-development", service, "--bind-address", "0.0.0.0"),
                BadOption.of("no CA", "--config-service-ca", new String[] {
                    Launchers.agent(),
                    "--config-service",
                    "127.0.0.1:1",
                    "--node",
                    "n",
                    "--data-dir",
                    directory.toString()
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badOptions")
    void areRefusedInOneLine(BadOption bad) throws IOException, InterruptedException {
        Commands.Result result = Commands.run(bad.command(), Map.of(), "");

        assertThat(result.exitCode()).as(result.output()).isEqualTo(USAGE);
        assertThat(result.output().lines()).hasSize(1).first().asString().contains(bad.named());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void helpAndVersionAreAnswered(String name, String launcher) throws IOException, InterruptedException {
        Commands.Result help = Commands.run(launcher, "--help");
        Commands.Result version = Commands.run(launcher, "--version");

        assertThat(help.exitCode()).isZero();
        assertThat(help.output()).contains("--log-format", "--config");
        assertThat(version.exitCode()).isZero();
        assertThat(version.output()).contains(name).containsPattern("\\d+\\.\\d+");
    }

    static Stream<Arguments> programs() {
        return Stream.of(
                Arguments.of("agent", Launchers.agent()), Arguments.of("config-service", Launchers.configService()));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("jvmOptions")
    void jvmOptionsAreTakenWithAndWithoutTheAheadOfTimeCache(String name, String launcher, String options)
            throws IOException, InterruptedException {
        Commands.Result result =
                Commands.run(List.of(launcher, "--version"), Map.of("SIGNALBOX_JAVA_OPTS", options), "");

        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output().lines()).hasSize(1).first().asString().contains(name);
    }

    static Stream<Arguments> jvmOptions() {
        return programs()
                .flatMap(program -> Stream.of(
                                "-Xmx2g",
                                "-Xms100m -Xmx200m",
                                "-Xmn12m",
                                "-XX:+UseG1GC",
                                "-XX:+UseZGC -Xmx1g",
                                "-Xshare:auto",
                                "-XX:AOTMode=off",
                                "-XX:TieredStopAtLevel=1")
                        .map(options -> Arguments.of(program.get()[0], program.get()[1], options)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void anAheadOfTimeCacheThatDoesNotFitIsPassedOverInSilence(String name, String launcher, @TempDir Path image)
            throws IOException, InterruptedException {
        Path bin = Files.createDirectories(image.resolve("bin"));
        Path lib = Files.createDirectories(image.resolve("lib"));
        Path target = Launchers.root().resolve(name).resolve("target");
        Path copy = Files.copy(Path.of(launcher), bin.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        Files.copy(target.resolve(name + ".jar"), lib.resolve(name + ".jar"));
        try (Stream<Path> libraries = Files.list(target.resolve("lib"))) {
            for (Path library : libraries.toList()) {
                Files.copy(library, lib.resolve(library.getFileName()));
            }
        }
        Files.writeString(lib.resolve(name + ".aot"), "made by another build");

        Commands.Result result = Commands.run(copy.toString(), "--version");

        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output().lines()).hasSize(1).first().asString().contains(name);
    }

    /**
     * A command line that must be refused.
     *
     * @param description for the report
     * @param named what the message must name
     * @param command the whole line
     */
    record BadOption(String description, String named, List<String> command) {
        static BadOption of(String description, String named, String[] program, String... options) {
            List<String> command = new ArrayList<>(List.of(program));
            command.addAll(List.of(options));
            return new BadOption(description, named, command);
        }

        @Override
        public String toString() {
            return Path.of(command.getFirst()).getFileName() + ": " + description;
        }
    }
}
