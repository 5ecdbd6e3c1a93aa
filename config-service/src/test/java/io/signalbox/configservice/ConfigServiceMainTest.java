package io.signalbox.configservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options: defaults, precedence, and one clear line for everything that is wrong. */
class ConfigServiceMainTest {
    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(Map<String, String> environment, String... args) {
        return ConfigServiceMain.run(args, environment, new PrintStream(out, true), new PrintStream(err, true));
    }

    private ServiceConfig parse(Map<String, String> environment, String... args) throws UsageException {
        String[] all = Stream.concat(Stream.of("--registry", directory.toString()), Arrays.stream(args))
                .toArray(String[]::new);
        return ServiceConfig.parse(Settings.resolve(ConfigServiceMain.newCommand(), all, environment));
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("options.yml"), yaml);
    }

    @Test
    void hasDefaults() throws UsageException {
        ServiceConfig config = parse(Map.of());

        assertThat(config.registry()).isEqualTo(directory);
        assertThat(config.httpPort()).isEqualTo(8080);
        assertThat(config.grpcPort()).isEqualTo(15010);
        assertThat(config.bindAddress()).hasToString("/127.0.0.1");
        assertThat(config.clusterDomain()).isEqualTo("cluster.local");
        assertThat(config.logFormat()).isEqualTo("plain");
        assertThat(config.logLevel()).isEqualTo("info");
        assertThat(config.heartbeatInterval()).hasSeconds(5);
        assertThat(config.heartbeatDeadline()).hasSeconds(15);
    }

    @Test
    void readsEveryOptionFromTheEnvironment() throws UsageException {
        ServiceConfig config = ServiceConfig.parse(Settings.resolve(
                ConfigServiceMain.newCommand(),
                new String[0],
                Map.of(
                        "SIGNALBOX_REGISTRY", directory.toString(),
                        "SIGNALBOX_HTTP_PORT", "1",
                        "SIGNALBOX_GRPC_PORT", "2",
                        "SIGNALBOX_BIND_ADDRESS", "0.0.0.0",
                        "SIGNALBOX_CLUSTER_DOMAIN", "example.org",
                        "SIGNALBOX_LOG_FORMAT", "json",
                        "SIGNALBOX_LOG_LEVEL", "debug",
                        "SIGNALBOX_HEARTBEAT_INTERVAL", "500ms")));

        assertThat(config.httpPort()).isEqualTo(1);
        assertThat(config.grpcPort()).isEqualTo(2);
        assertThat(config.bindAddress()).hasToString("/0.0.0.0");
        assertThat(config.clusterDomain()).isEqualTo("example.org");
        assertThat(config.logFormat()).isEqualTo("json");
        assertThat(config.logLevel()).isEqualTo("debug");
        assertThat(config.heartbeatInterval()).hasMillis(500);
    }

    @Test
    void aFlagComesBeforeTheEnvironmentAndThatBeforeTheFile() throws Exception {
        Path file = file("http-port: 1\ngrpc-port: 1\nlog-level: debug\n");

        ServiceConfig config = parse(
                Map.of("SIGNALBOX_HTTP_PORT", "2", "SIGNALBOX_GRPC_PORT", "2"),
                "--config",
                file.toString(),
                "--http-port",
                "3");

        assertThat(config.httpPort()).isEqualTo(3);
        assertThat(config.grpcPort()).isEqualTo(2);
        assertThat(config.logLevel()).isEqualTo("debug");
    }

    @Test
    void theFileMayBeNamedByTheEnvironment() throws Exception {
        Path file = file("http-port: 7\n");

        assertThat(parse(Map.of("SIGNALBOX_CONFIG", file.toString())).httpPort())
                .isEqualTo(7);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "--http-port          | abc        | --http-port: abc (expected: 0 to 65535; 0 takes a free port)",
                "--grpc-port          | 70000      | --grpc-port: 70000 (expected: 0 to 65535; 0 takes a free port)",
                "--bind-address       | localhost  | --bind-address: localhost (expected: an IP address",
                "--cluster-domain     | -x-        | --cluster-domain: -x- (expected: a lower-case domain",
                "--log-format         | xml        | --log-format: xml (expected: plain, json)",
                "--log-level          | loud       | --log-level: loud (expected: error, warn, info, debug, trace)",
                "--heartbeat-interval | 5          | --heartbeat-interval: 5 (expected: 50ms to 5m",
                "--registry           | /no/where  | --registry: /no/where does not exist (expected: a directory",
                "--config             | /no/file   | --config: /no/file cannot be read (expected: a YAML file)",
                "--no-such            | x          | Unknown option",
            })
    void aBadValueIsOneLineThatSaysWhatAndWhere(String option, String value, String expected) {
        String[] args = option.equals("--registry")
                ? new String[] {option, value}
                : new String[] {"--registry", directory.toString(), option, value};

        assertThat(run(Map.of(), args)).isEqualTo(64);
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .startsWith("config-service: ")
                .contains(expected);
    }

    @Test
    void saysWhichVariableOrFileIsWrong() throws IOException {
        Path file = file("grpc-port: many\n");

        assertThat(run(
                        Map.of("SIGNALBOX_HTTP_PORT", "x", "SIGNALBOX_CONFIG", file.toString()),
                        "--registry",
                        directory.toString()))
                .isEqualTo(64);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("SIGNALBOX_HTTP_PORT: x (expected", "grpc-port in " + file + ": many (expected");
    }

    @Test
    void anUnknownKeyInTheFileIsRefused() throws IOException {
        Path file = file("htp-port: 1\n");

        assertThat(run(Map.of(), "--registry", directory.toString(), "--config", file.toString()))
                .isEqualTo(64);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("htp-port in " + file + " is no known key");
    }

    @Test
    void aMissingRegistryIsRefused() {
        assertThat(run(Map.of())).isEqualTo(64);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--registry is missing", "SIGNALBOX_REGISTRY");
    }

    @Test
    void showsHelpAndVersion() {
        assertThat(run(Map.of(), "--help")).isZero();
        assertThat(run(Map.of(), "--version")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "--registry=DIR", "--heartbeat-interval=TIME", "Default: 15010", "config-service development");
        assertThat(err.size()).isZero();
    }
}
