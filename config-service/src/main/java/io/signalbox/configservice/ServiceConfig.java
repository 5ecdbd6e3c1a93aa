package io.signalbox.configservice;

import io.signalbox.configservice.Settings.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the program was asked to run. Checked: what can be known to be wrong before starting is.
 *
 * @param source where the registry is
 * @param httpPort REST, health and metrics; 0: any free port
 * @param httpBindAddress address of {@code httpPort}
 * @param grpcPort agents; 0: any free port
 * @param healthPort health and metrics alone, for those who must not see the REST API; empty: nowhere else
 * @param bindAddress address of {@code grpcPort} and {@code healthPort}
 * @param security how agents' streams are protected
 * @param replicaName of this process among the replicas
 * @param clusterDomain suffix of service host names
 * @param logFormat {@code plain} or {@code json}
 * @param logLevel {@code error}, {@code warn}, {@code info}, {@code debug} or {@code trace}
 * @param heartbeatInterval how often each side of an agent's stream says something, 50 ms to 5 min; an agent that is
 *     silent for three times as long is disconnected
 */
public record ServiceConfig(
        SourceOptions source,
        int httpPort,
        InetAddress httpBindAddress,
        int grpcPort,
        Optional<Integer> healthPort,
        InetAddress bindAddress,
        StreamSecurity security,
        String replicaName,
        String clusterDomain,
        String logFormat,
        String logLevel,
        Duration heartbeatInterval) {
    private static final String FILES = "files";
    private static final String KUBERNETES = "kubernetes";
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m)");
    private static final Pattern DOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern NAME = Pattern.compile("[-._A-Za-z0-9]{1,253}");
    private static final Duration MIN_HEARTBEAT = Duration.ofMillis(50);
    private static final Duration MAX_HEARTBEAT = Duration.ofMinutes(5);
    private static final int HEARTBEATS_PER_DEADLINE = 3;

    /** Silence after which an agent's stream is ended. */
    public Duration heartbeatDeadline() {
        return heartbeatInterval.multipliedBy(HEARTBEATS_PER_DEADLINE);
    }

    /**
     * Reads and checks all settings.
     *
     * @throws UsageException with a line for every setting that is wrong
     */
    static ServiceConfig parse(Map<String, Setting> settings) throws UsageException {
        SettingsParser parser = new SettingsParser(settings);
        SourceOptions source = source(parser);
        InetAddress bindAddress = parser.read("bind-address", InetAddress.getLoopbackAddress(), ServiceConfig::address);
        ServiceConfig config = new ServiceConfig(
                source,
                parser.read("http-port", 0, ServiceConfig::port),
                parser.read("http-bind-address", InetAddress.getLoopbackAddress(), ServiceConfig::address),
                parser.read("grpc-port", 0, ServiceConfig::port),
                parser.optional("health-port", ServiceConfig::port),
                bindAddress,
                StreamSecurity.parse(parser, bindAddress, source instanceof SourceOptions.Kubernetes),
                parser.optional("replica-name", ServiceConfig::name).orElseGet(ServiceConfig::hostName),
                parser.read("cluster-domain", "", ServiceConfig::domain),
                parser.read("log-format", "", word("plain", "json")),
                parser.read("log-level", "", word("error", "warn", "info", "debug", "trace")),
                parser.read("heartbeat-interval", Duration.ZERO, ServiceConfig::heartbeat));
        parser.throwErrors();
        return config;
    }

    private static SourceOptions source(SettingsParser parser) {
        return parser.read("source", FILES, word(FILES, KUBERNETES)).equals(FILES)
                ? SourceOptions.Files.parse(parser)
                : SourceOptions.Kubernetes.parse(parser);
    }

    private static int port(String text) {
        if (text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= 65_535) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException(text + " (expected: 0 to 65535; 0 takes a free port)");
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(text + " (expected: an IP address, such as 127.0.0.1 or 0.0.0.0)", e);
        }
    }

    private static String name(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(text + " (expected: 1 to 253 letters, digits, '.', '_' and '-')");
        }
        return text;
    }

    /** As the kernel has it: in a pod, the pod's name. */
    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "config-service";
        }
    }

    private static String domain(String text) {
        if (!DOMAIN.matcher(text).matches()) {
            throw new IllegalArgumentException(text + " (expected: a lower-case domain, such as cluster.local)");
        }
        return text;
    }

    static Function<String, String> word(String... words) {
        Set<String> allowed = Set.of(words);
        return text -> {
            String lower = text.toLowerCase(Locale.ROOT);
            if (!allowed.contains(lower)) {
                throw new IllegalArgumentException(text + " (expected: " + String.join(", ", words) + ")");
            }
            return lower;
        };
    }

    private static Duration heartbeat(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            Duration duration = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                default -> Duration.ofMinutes(amount);
            };
            if (duration.compareTo(MIN_HEARTBEAT) >= 0 && duration.compareTo(MAX_HEARTBEAT) <= 0) {
                return duration;
            }
        }
        throw new IllegalArgumentException(text + " (expected: 50ms to 5m, such as 500ms, 5s or 1m)");
    }
}
