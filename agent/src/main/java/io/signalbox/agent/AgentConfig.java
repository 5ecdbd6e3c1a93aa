package io.signalbox.agent;

import io.signalbox.agent.apply.CaptureMode;
import io.signalbox.agent.apply.DataplaneConfig;
import io.signalbox.agent.config.ConfigServiceAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How one agent runs: the options, checked. {@link AgentOption} says what each means and its default.
 *
 * @param configService where the config service is
 * @param node name of the node
 * @param zone of the node; empty when unknown
 * @param adminPort port on 127.0.0.1; 0 picks a free one
 * @param dataDir for the last-known-good copy
 * @param drainTimeout how long open requests may run on after SIGTERM; zero closes at once
 * @param logFormat form of the log lines
 * @param logLevel the least level that is logged
 * @param dataplane limits and modes of the dataplane
 */
record AgentConfig(
        ConfigServiceAddress configService,
        String node,
        String zone,
        int adminPort,
        Path dataDir,
        Duration drainTimeout,
        LogFormat logFormat,
        LogLevel logLevel,
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

    private static final int MAX_PORT = 65_535;
    private static final int MIN_HEADER_BYTES = 1024;
    private static final int MAX_HEADER_BYTES = 1024 * 1024;
    private static final int MAX_EVENT_LOOPS = 256;

    /** Reads all options; throws with every problem that there is. */
    static AgentConfig of(Map<AgentOption, String> flags, Map<String, String> environment)
            throws InvalidConfigException {
        OptionValues values = new OptionValues(flags, environment);
        String configService = values.required(AgentOption.CONFIG_SERVICE);
        ConfigServiceAddress nowhere = new ConfigServiceAddress("localhost", 1);
        AgentConfig config = new AgentConfig(
                configService.isEmpty()
                        ? nowhere
                        : values.parse(AgentOption.CONFIG_SERVICE, nowhere, ConfigServiceAddress::parse),
                values.required(AgentOption.NODE),
                values.text(AgentOption.ZONE),
                values.integer(AgentOption.ADMIN_PORT, 0, MAX_PORT),
                Path.of(values.required(AgentOption.DATA_DIR)),
                values.duration(AgentOption.DRAIN_TIMEOUT),
                values.choice(AgentOption.LOG_FORMAT, LogFormat.class),
                values.choice(AgentOption.LOG_LEVEL, LogLevel.class),
                dataplane(values));
        values.throwProblems();
        return config;
    }

    private static DataplaneConfig dataplane(OptionValues values) {
        boolean hasEventLoops = !values.text(AgentOption.EVENT_LOOPS).isEmpty();
        return new DataplaneConfig(
                values.text(AgentOption.NODE),
                values.text(AgentOption.ZONE),
                values.choice(AgentOption.CAPTURE, CaptureMode.class),
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
                values.integer(AgentOption.SOCKET_MARK, 0, Integer.MAX_VALUE),
                values.parse(AgentOption.DNS_SERVERS, List.of(), AgentConfig::addresses));
    }

    /** Reads {@code ip:port} and {@code [ip]:port} between commas. */
    private static List<InetSocketAddress> addresses(String text) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            if (!item.isBlank()) {
                ConfigServiceAddress address = ConfigServiceAddress.parse(item.strip());
                addresses.add(new InetSocketAddress(InetAddress.ofLiteral(address.host()), address.port()));
            }
        }
        return addresses;
    }
}
