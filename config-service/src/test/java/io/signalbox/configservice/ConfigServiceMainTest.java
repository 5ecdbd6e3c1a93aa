package io.signalbox.configservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.identity.ServiceAccount;
import io.signalbox.configservice.tls.CertificateAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
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
        String[] all = Stream.concat(
                        Stream.of("--insecure-development", "--registry", directory.toString()), Arrays.stream(args))
                .toArray(String[]::new);
        return ServiceConfig.parse(Settings.resolve(ConfigServiceMain.newCommand(), all, environment));
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("options.yml"), yaml);
    }

    @Test
    void hasDefaults() throws UsageException {
        ServiceConfig config = parse(Map.of());

        assertThat(config.source()).isEqualTo(new SourceOptions.Files(directory));
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
                        "SIGNALBOX_BIND_ADDRESS", "127.0.0.2",
                        "SIGNALBOX_INSECURE_DEVELOPMENT", "true",
                        "SIGNALBOX_CLUSTER_DOMAIN", "example.org",
                        "SIGNALBOX_LOG_FORMAT", "json",
                        "SIGNALBOX_LOG_LEVEL", "debug",
                        "SIGNALBOX_HEARTBEAT_INTERVAL", "500ms")));

        assertThat(config.httpPort()).isEqualTo(1);
        assertThat(config.grpcPort()).isEqualTo(2);
        assertThat(config.bindAddress()).hasToString("/127.0.0.2");
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
                "--source             | git        | --source: git (expected: files, kubernetes)",
                "--namespaces         | shop       | --namespaces: shop (expected: not together with --source files)",
                "--config             | /no/file   | --config: /no/file cannot be read (expected: a YAML file)",
                "--no-such            | x          | Unknown option",
            })
    void aBadValueIsOneLineThatSaysWhatAndWhere(String option, String value, String expected) {
        String[] args = option.equals("--registry")
                ? new String[] {"--insecure-development", option, value}
                : new String[] {"--insecure-development", "--registry", directory.toString(), option, value};

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

        assertThat(run(
                        Map.of(),
                        "--insecure-development",
                        "--registry",
                        directory.toString(),
                        "--config",
                        file.toString()))
                .isEqualTo(64);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("htp-port in " + file + " is no known key");
    }

    @Test
    void agentsStreamsAreProtectedUnlessToldOtherwise() throws Exception {
        CertificateAuthority ca = CertificateAuthority.create("test", Instant.EPOCH, Duration.ofDays(1));
        Path certificate =
                Files.writeString(directory.resolve("tls.crt"), ca.identity().chainPem());
        Path key = Files.writeString(directory.resolve("tls.key"), ca.identity().keyPem());

        ServiceConfig config = ServiceConfig.parse(Settings.resolve(
                ConfigServiceMain.newCommand(),
                new String[] {
                    "--registry=" + directory,
                    "--tls-certificate=" + certificate,
                    "--tls-key=" + key,
                    "--agent-authentication=none",
                    "--bind-address=0.0.0.0",
                    "--health-port=8081"
                },
                Map.of()));

        assertThat(config.security())
                .isEqualTo(new StreamSecurity(
                        new StreamSecurity.TlsFiles(certificate, key), new StreamSecurity.NoProof()));
        assertThat(config.healthPort()).contains(8081);
        assertThat(config.httpBindAddress()).hasToString("/127.0.0.1");
    }

    @Test
    void inAClusterAgentsShowTokensAndTheCertificateCanBeItsOwn() throws Exception {
        ServiceConfig config = ServiceConfig.parse(Settings.resolve(
                ConfigServiceMain.newCommand(),
                new String[] {"--source=kubernetes", "--tls=self-signed", "--tls-names=config.example, 10.0.0.1"},
                Map.of()));

        assertThat(config.security())
                .isEqualTo(new StreamSecurity(
                        new StreamSecurity.SelfSigned(List.of("config.example", "10.0.0.1")),
                        new StreamSecurity.TokenProof(
                                "signalbox-config", new ServiceAccount("signalbox-system", "signalbox-agent"))));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "--agent-authentication=none --tls=self-signed | --tls: self-signed keeps its certificate in the clus",
                "--agent-authentication=none --tls=magic | --tls: magic (expected: self-signed)",
                "--tls-key=/dev/null --tls-certificate=/dev/null | --agent-authentication: token-review asks the clus",
                "--log-level=info | agents' streams need TLS: give --tls-certificate and --tls-key, or --tls self-si",
                "--agent-authentication=none --tls-key=/dev/null | agents' streams need TLS: give --tls-certificate and --tls-key, or --tls self-si",
                "--agent-authentication=none --tls-key=/no/file --tls-certificate=/dev/null | --tls-key: /no/file cannot be read (expected: a PEM",
                "--insecure-development --bind-address=0.0.0.0 | --insecure-development: --bind-address is 0.0.0.0 (e",
                "--insecure-development --tls-key=/dev/null | --insecure-development: plain text has no certificate",
                "--insecure-development --agent-authentication=token-review | tokens are shown over TLS alone",
                "--insecure-development --agent-service-account=agent | --agent-service-account: agent (expected: NAM",
                "--agent-authentication=magic --tls-key=/dev/null --tls-certificate=/dev/null | magic (expected: tok",
                "--insecure-development=perhaps --agent-authentication=none --tls-key=/dev/null --tls-certificate=/dev/null | perhaps (expected",
            })
    void unprotectedStreamsAreRefused(String options, String expected) {
        String[] args = Stream.concat(Stream.of("--registry=" + directory), Stream.of(options.split(" ")))
                .toArray(String[]::new);

        assertThat(run(Map.of(), args)).isEqualTo(64);
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .contains(expected);
    }

    @Test
    void aMissingRegistryIsRefused() {
        assertThat(run(Map.of())).isEqualTo(64);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--registry is missing", "SIGNALBOX_REGISTRY");
    }

    @Test
    void theClusterNeedsNoDirectory() throws Exception {
        Path kubeconfig = file("{}");

        assertThat(kubernetes(
                        "--kubeconfig", kubeconfig.toString(), "--namespaces", "shop, cart", "--write-status", "false"))
                .isEqualTo(new SourceOptions.Kubernetes(kubeconfig, List.of("cart", "shop"), false, ""));
        assertThat(kubernetes("--lease-namespace", "signalbox"))
                .isEqualTo(new SourceOptions.Kubernetes(null, List.of(), true, "signalbox"));
    }

    private static SourceOptions kubernetes(String... args) throws UsageException {
        String[] all = Stream.concat(Stream.of("--insecure-development", "--source", "kubernetes"), Arrays.stream(args))
                .toArray(String[]::new);
        return ServiceConfig.parse(Settings.resolve(ConfigServiceMain.newCommand(), all, Map.of()))
                .source();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "--registry        | .        | --registry: . (expected: not together with --source kubernetes)",
                "--kubeconfig      | /no/file | --kubeconfig: /no/file cannot be read (expected: a kubeconfig file)",
                "--namespaces      | shop,    | --namespaces:  (expected: a namespace's name, such as shop)",
                "--lease-namespace | Shop     | --lease-namespace: Shop (expected: a namespace's name, such as shop)",
                "--write-status    | maybe    | --write-status: maybe (expected: true, false)",
            })
    void aBadOptionOfTheClusterIsOneLine(String option, String value, String expected) {
        assertThat(run(Map.of(), "--insecure-development", "--source", "kubernetes", option, value))
                .isEqualTo(64);
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .contains(expected);
    }

    @Test
    void showsHelpAndVersion() {
        assertThat(run(Map.of(), "--help")).isZero();
        assertThat(run(Map.of(), "--version")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "--registry=DIR",
                        "--tls-key=FILE",
                        "--heartbeat-interval=TIME",
                        "Default: 15010",
                        "config-service development");
        assertThat(err.size()).isZero();
    }
}
