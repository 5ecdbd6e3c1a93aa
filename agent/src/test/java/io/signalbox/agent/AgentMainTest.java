package io.signalbox.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.apply.CaptureMode;
import io.signalbox.agent.config.ConfigServiceAddress;
import io.signalbox.agent.config.ConfigServiceTarget;
import io.signalbox.agent.config.StreamSecurity;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AgentMainTest {
    @TempDir
    private Path directory;

    /** Exit code and what was printed. */
    private record Ended(int code, String out, String err) {}

    private static Ended run(Map<String, String> environment, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = AgentMain.run(
                args,
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Map<AgentOption, String> required() {
        Map<AgentOption, String> flags = new EnumMap<>(AgentOption.class);
        flags.put(AgentOption.CONFIG_SERVICE, "config:15010");
        flags.put(AgentOption.CONFIG_SERVICE_CA, "/ca.crt");
        flags.put(AgentOption.NODE, "n1");
        flags.put(AgentOption.DATA_DIR, "/data");
        return flags;
    }

    @Test
    void theDefaultsAreThoseOfTheHelpText() throws Exception {
        AgentConfig config = AgentConfig.of(required(), Map.of());
        assertThat(config.adminPort()).isEqualTo(15_000);
        assertThat(config.metricsAddress()).isNull();
        assertThat(config.drainTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.logFormat()).isEqualTo(AgentConfig.LogFormat.PLAIN);
        assertThat(config.logLevel()).isEqualTo(AgentConfig.LogLevel.INFO);
        assertThat(config.dataplane().captureMode()).isEqualTo(CaptureMode.EXPLICIT);
        assertThat(config.dataplane().redirectPort()).isEqualTo(15_001);
        assertThat(config.dataplane().maxConnections()).isEqualTo(16_384);
        assertThat(config.dataplane().maxConcurrentStreams()).isEqualTo(1024);
        assertThat(config.dataplane().maxHeaderBytes()).isEqualTo(60 * 1024);
        assertThat(config.dataplane().connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.dataplane().detectionTimeout()).isEqualTo(Duration.ZERO);
        assertThat(config.dataplane().idleTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(config.dataplane().eventLoops()).isPositive();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "10.0.0.1:15020, 10.0.0.1",
        // As the manifests give it, who cannot know which kind a node's address is.
        "[10.0.0.1]:15020, 10.0.0.1",
        "[fd00::1]:15020, fd00:0:0:0:0:0:0:1"
    })
    void metricsAreServedAtAnAddressOfEitherKind(String value, String address) throws Exception {
        Map<AgentOption, String> flags = required();
        flags.put(AgentOption.METRICS_ADDRESS, value);
        assertThat(AgentConfig.of(flags, Map.of()).metricsAddress())
                .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral(address), 15_020));
    }

    @Test
    void theCommandLineWinsOverTheEnvironmentAndThatOverTheFile() throws Exception {
        Path file = Files.writeString(
                directory.resolve("a.yaml"), "drain-timeout: 1s\nidle-timeout: 1s\nconnect-timeout: 250ms\n");
        Map<AgentOption, String> flags = required();
        flags.put(AgentOption.CONFIG, file.toString());
        flags.put(AgentOption.DRAIN_TIMEOUT, "3s");
        AgentConfig config =
                AgentConfig.of(flags, Map.of("SIGNALBOX_DRAIN_TIMEOUT", "2s", "SIGNALBOX_IDLE_TIMEOUT", "2m"));
        assertThat(config.drainTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.dataplane().idleTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.dataplane().connectTimeout()).isEqualTo(Duration.ofMillis(250));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "--capture, tpoxy",
        "--capture-failure, ajar",
        "--capture-install, yes",
        "--capture-interfaces, veth+",
        "--capture-exclude-ports, 0",
        "--capture-exclude-ports, 90-80",
        "--capture-exclude-addresses, 10.0.0.0/33",
        "--capture-exclude-sources, shop",
        "--socket-mark, 2147483647",
        "--admin-port, 65536",
        "--metrics-address, node-1:15020",
        "--metrics-address, 10.0.0.1",
        "--event-loops, 0",
        "--drain-timeout, 20",
        "--max-header-bytes, 60KB",
        "--config-service, localhost",
        "--log-level, loud"
    })
    void aBadValueIsOneLineThatNamesTheOption(String option, String value) {
        Ended ended = run(
                Map.of(
                        "SIGNALBOX_NODE",
                        "n1",
                        "SIGNALBOX_DATA_DIR",
                        "/d",
                        "SIGNALBOX_CONFIG_SERVICE",
                        "c:1",
                        "SIGNALBOX_CONFIG_SERVICE_CA",
                        "/ca.crt"),
                option,
                value);
        assertThat(ended.code()).isEqualTo(AgentMain.EXIT_USAGE);
        assertThat(ended.err()).hasLineCount(1).contains(option + ": " + value).contains("expected");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "explicit, 0",
        "redirect, 12379",
        "tproxy, 12379",
    })
    void theAgentsSocketsAreMarkedWhereRulesCapture(String mode, int mark) throws Exception {
        Map<AgentOption, String> flags = required();
        flags.put(AgentOption.CAPTURE, mode);
        flags.put(AgentOption.CAPTURE_INTERFACES, "cni0,veth*");
        assertThat(AgentConfig.of(flags, Map.of()).dataplane().socketMark()).isEqualTo(mark);
        flags.put(AgentOption.SOCKET_MARK, "0x539");
        assertThat(AgentConfig.of(flags, Map.of()).dataplane().socketMark()).isEqualTo(1337);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "tproxy, --zone=z, --capture-interfaces: missing",
        "redirect, --socket-mark=0, --socket-mark: 0",
        "redirect, --capture-spoof-source=true, --capture-spoof-source: true",
    })
    void whatDoesNotFitTheModeIsSaid(String mode, String option, String reason) {
        Ended ended = run(
                Map.of(
                        "SIGNALBOX_NODE",
                        "n1",
                        "SIGNALBOX_DATA_DIR",
                        "/d",
                        "SIGNALBOX_CONFIG_SERVICE",
                        "127.0.0.1:1",
                        "SIGNALBOX_INSECURE_DEVELOPMENT",
                        "true"),
                "--capture",
                mode,
                option);
        assertThat(ended.code()).isEqualTo(AgentMain.EXIT_USAGE);
        assertThat(ended.err()).hasLineCount(1).contains(reason).contains("expected");
    }

    @Test
    void allProblemsAreToldAtOnceEachWithItsPlace() throws Exception {
        Path file = Files.writeString(directory.resolve("a.yaml"), "zoone: a\nidle-timeout: soon\n");
        Ended ended = run(
                Map.of("SIGNALBOX_ADMIN_PORT", "many"),
                "--node",
                "n1",
                "--data-dir",
                "/d",
                "--config",
                file.toString());
        assertThat(ended.code()).isEqualTo(AgentMain.EXIT_USAGE);
        assertThat(ended.err())
                .contains("--config-service: missing")
                .contains("SIGNALBOX_ADMIN_PORT: many")
                .contains(file + ": zoone: unknown option")
                .contains(file + ": idle-timeout: soon");
    }

    @ParameterizedTest
    @CsvSource({"'a: [', not YAML", "'drain-timeout: {a: 1}', unknown option"})
    void aBrokenFileIsSaid(String text, String reason) throws Exception {
        Path file = Files.writeString(directory.resolve("a.yaml"), text);
        Ended ended = run(
                Map.of(),
                "--config-service=c:1",
                "--config-service-ca=/ca.crt",
                "--node=n",
                "--data-dir=/d",
                "--config=" + file);
        assertThat(ended.code()).isEqualTo(AgentMain.EXIT_USAGE);
        assertThat(ended.err()).hasLineCount(1).contains(reason);
    }

    @Test
    void readsHowTheStreamIsProtected() throws Exception {
        Map<AgentOption, String> flags = required();
        flags.put(AgentOption.CONFIG_SERVICE, "a:1, [::1]:2");
        flags.put(AgentOption.CONFIG_SERVICE_TOKEN, "/token");

        assertThat(AgentConfig.of(flags, Map.of()).configService())
                .isEqualTo(new ConfigServiceTarget(
                        List.of(new ConfigServiceAddress("a", 1), new ConfigServiceAddress("::1", 2)),
                        new StreamSecurity.Tls(Path.of("/ca.crt"), Optional.of(Path.of("/token")))));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "--config-service=c:1 | --config-service-ca: missing",
                "--config-service=c:1 --insecure-development | --insecure-development: --config-service is c:1 (exp",
                "--config-service=localhost:1,10.0.0.1:1 --insecure-development=true | --config-service is 10.0.0.1:1",
                "--config-service=[::1]:1 --insecure-development --config-service-ca=/ca | plain text has no CA",
                "--config-service=[::1]:1 --insecure-development=maybe --config-service-ca=/ca | maybe (expected",
            })
    void plainTextIsForLoopbackAloneAndOnlyWhenAskedFor(String options, String expected) {
        List<String> args = new ArrayList<>(List.of("--node=n", "--data-dir=/d"));
        args.addAll(List.of(options.split(" ")));

        Ended ended = run(Map.of(), args.toArray(String[]::new));

        assertThat(ended.code()).isEqualTo(AgentMain.EXIT_USAGE);
        assertThat(ended.err()).hasLineCount(1).contains(expected);
    }

    @Test
    void anUnknownOptionIsSaid() {
        Ended ended = run(Map.of(), "--nodee", "n1");
        assertThat(ended.code()).isEqualTo(AgentMain.EXIT_USAGE);
        assertThat(ended.err()).hasLineCount(1).contains("--nodee");
    }

    @ParameterizedTest
    @EnumSource(AgentOption.class)
    void theHelpTextNamesEveryOption(AgentOption option) {
        Ended ended = run(Map.of(), "--help");
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).containsPattern(option.flag() + "(=|\\[=)");
    }

    @Test
    void aDataDirThatIsAFileIsAStartFailure() throws Exception {
        Path file = Files.writeString(directory.resolve("f"), "");
        Ended ended = run(
                Map.of(), "--config-service=127.0.0.1:1", "--insecure-development", "--node=n", "--data-dir=" + file);
        assertThat(ended.code()).isEqualTo(AgentMain.EXIT_START_FAILED);
        assertThat(ended.err()).hasLineCount(1).contains("--data-dir");
    }

    @Test
    void anAdminPortInUseIsAStartFailure() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ended ended = run(
                    Map.of(),
                    "--config-service=127.0.0.1:1",
                    "--insecure-development",
                    "--node=n",
                    "--data-dir=" + directory,
                    "--admin-port=" + taken.getLocalPort());
            assertThat(ended.code()).isEqualTo(AgentMain.EXIT_START_FAILED);
            assertThat(ended.err()).hasLineCount(1).contains("--admin-port");
        }
    }
}
