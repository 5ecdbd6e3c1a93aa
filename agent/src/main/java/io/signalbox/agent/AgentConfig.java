package io.signalbox.agent;

import io.signalbox.agent.apply.DataplaneConfig;
import io.signalbox.agent.capture.rules.CaptureSettings;
import io.signalbox.agent.config.ConfigServiceAddress;
import io.signalbox.agent.config.ConfigServiceTarget;
import io.signalbox.agent.config.StreamSecurity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How one agent runs: the options, checked. {@link AgentOption} says what each means and its default.
 *
 * @param configService where the config service is, and how the stream to it is protected
 * @param node name of the node
 * @param zone of the node; empty when unknown
 * @param adminPort port on 127.0.0.1; 0 picks a free one
 * @param metricsAddress where metrics and probes are served besides; null: nowhere
 * @param dataDir for the last-known-good copy
 * @param drainTimeout how long open requests may run on after SIGTERM; zero closes at once
 * @param logFormat form of the log lines
 * @param logLevel the least level that is logged
 * @param handoverSocket by which a new agent takes over from one that runs; null: it cannot
 * @param capture what is captured, where rules of the kernel do it
 * @param dataplane limits and modes of the dataplane
 */
record AgentConfig(
        ConfigServiceTarget configService,
        String node,
        String zone,
        int adminPort,
        @Nullable InetSocketAddress metricsAddress,
        Path dataDir,
        Duration drainTimeout,
        LogFormat logFormat,
        LogLevel logLevel,
        @Nullable Path handoverSocket,
        CaptureSettings capture,
        DataplaneConfig dataplane) {
    /** Form of the log lines. */
    enum LogFormat {
        /** For people. */
        PLAIN,
        /** One JSON object a line. */
        JSON
    }

    /** The least level that is logged. */
    enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    static final int MAX_PORT = 65_535;
    private static final int MIN_HEADER_BYTES = 1024;
    private static final int MAX_HEADER_BYTES = 1024 * 1024;
    private static final int MAX_EVENT_LOOPS = 256;

    /** Reads all options; throws with every problem that there is. */
    static AgentConfig of(Map<AgentOption, String> flags, Map<String, String> environment)
            throws InvalidConfigException {
        OptionValues values = new OptionValues(flags, environment);
        AgentConfig config = new AgentConfig(
                configService(values),
                values.required(AgentOption.NODE),
                values.text(AgentOption.ZONE),
                values.integer(AgentOption.ADMIN_PORT, 0, MAX_PORT),
                metricsAddress(values),
                Path.of(values.required(AgentOption.DATA_DIR)),
                values.duration(AgentOption.DRAIN_TIMEOUT),
                values.choice(AgentOption.LOG_FORMAT, LogFormat.class),
                values.choice(AgentOption.LOG_LEVEL, LogLevel.class),
                handoverSocket(values),
                CaptureOptions.settings(values),
                dataplane(values));
        values.throwProblems();
        return config;
    }

    private static ConfigServiceTarget configService(OptionValues values) {
        List<ConfigServiceAddress> addresses =
                values.required(AgentOption.CONFIG_SERVICE).isEmpty()
                        ? List.of()
                        : values.parse(AgentOption.CONFIG_SERVICE, List.of(), AgentConfig::replicas);
        String ca = values.text(AgentOption.CONFIG_SERVICE_CA);
        Optional<Path> token = Optional.of(values.text(AgentOption.CONFIG_SERVICE_TOKEN))
                .filter(text -> !text.isEmpty())
                .map(Path::of);
        if (values.flag(AgentOption.INSECURE_DEVELOPMENT)) {
            addresses.stream()
                    .filter(address -> !address.isLoopback())
                    .forEach(address -> values.problem("--insecure-development: --config-service is " + address
                            + " (expected: localhost or a loopback address, since anybody could read and change what"
                            + " comes from elsewhere)"));
            if (!ca.isEmpty() || token.isPresent()) {
                values.problem("--insecure-development: plain text has no CA and shows no token (expected: either it,"
                        + " or --config-service-ca and --config-service-token)");
            }
            return new ConfigServiceTarget(addresses, new StreamSecurity.PlainText());
        }
        if (ca.isEmpty()) {
            values.problem("--config-service-ca: missing (the stream to the config service is encrypted; give the"
                    + " certificates of its CA, or --insecure-development for plain text over loopback)");
        }
        return new ConfigServiceTarget(addresses, new StreamSecurity.Tls(Path.of(ca), token));
    }

    private static List<ConfigServiceAddress> replicas(String text) {
        return Stream.of(text.split(",", -1))
                .map(String::strip)
                .map(ConfigServiceAddress::parse)
                .toList();
    }

    private static @Nullable InetSocketAddress metricsAddress(OptionValues values) {
        return values.text(AgentOption.METRICS_ADDRESS).isEmpty()
                ? null
                : values.parse(AgentOption.METRICS_ADDRESS, new InetSocketAddress(0), AgentConfig::address);
    }

    private static @Nullable Path handoverSocket(OptionValues values) {
        String path = values.text(AgentOption.HANDOVER_SOCKET);
        return path.isEmpty() ? null : Path.of(path);
    }

    private static DataplaneConfig dataplane(OptionValues values) {
        boolean hasEventLoops = !values.text(AgentOption.EVENT_LOOPS).isEmpty();
        return new DataplaneConfig(
                values.text(AgentOption.NODE),
                values.text(AgentOption.ZONE),
                CaptureOptions.mode(values),
                values.integer(AgentOption.REDIRECT_PORT, 0, MAX_PORT),
                hasEventLoops
                        ? values.integer(AgentOption.EVENT_LOOPS, 1, MAX_EVENT_LOOPS)
                        : Math.min(MAX_EVENT_LOOPS, Runtime.getRuntime().availableProcessors()),
                values.integer(AgentOption.MAX_CONNECTIONS, 1, Integer.MAX_VALUE),
                values.integer(AgentOption.MAX_CONCURRENT_STREAMS, 1, Integer.MAX_VALUE),
                values.integer(AgentOption.MAX_HEADER_BYTES, MIN_HEADER_BYTES, MAX_HEADER_BYTES),
                values.duration(AgentOption.CONNECT_TIMEOUT),
                values.duration(AgentOption.DETECTION_TIMEOUT),
                values.duration(AgentOption.IDLE_TIMEOUT),
                CaptureOptions.socketMark(values),
                values.flag(AgentOption.CAPTURE_SPOOF_SOURCE),
                CaptureOptions.pods(values),
                values.list(AgentOption.DNS_SERVERS, AgentConfig::address));
    }

    /** Reads {@code ip:port} and {@code [ip]:port}. */
    private static InetSocketAddress address(String text) {
        ConfigServiceAddress address = ConfigServiceAddress.parse(text);
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(address.host()), address.port());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(text + " (expected: IP:PORT, such as 10.0.0.1:15020)", e);
        }
    }
}
