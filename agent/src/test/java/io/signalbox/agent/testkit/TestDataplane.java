package io.signalbox.agent.testkit;

import io.signalbox.agent.apply.CaptureMode;
import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.apply.DataplaneConfig;
import io.signalbox.agent.proxy.RequestTracing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;

/** A dataplane with one event loop in explicit capture. */
public final class TestDataplane {
    private TestDataplane() {}

    /** The defaults of tests. */
    public static DataplaneConfig config() {
        return config(60 * 1024, Duration.ofMinutes(1));
    }

    /**
     * The defaults of tests, but for two limits.
     *
     * @param idleTimeout zero: none, and the loops' coarse clock stands still, so that nothing counts per second
     */
    public static DataplaneConfig config(int maxHeaderBytes, Duration idleTimeout) {
        return config(maxHeaderBytes, idleTimeout, List.of());
    }

    /** The defaults of tests, with these DNS servers. */
    public static DataplaneConfig config(List<InetSocketAddress> dnsServers) {
        return config(60 * 1024, Duration.ofMinutes(1), dnsServers);
    }

    private static DataplaneConfig config(
            int maxHeaderBytes, Duration idleTimeout, List<InetSocketAddress> dnsServers) {
        return new DataplaneConfig(
                "n1",
                "",
                CaptureMode.EXPLICIT,
                0,
                1,
                20_000,
                1024,
                maxHeaderBytes,
                Duration.ofSeconds(5),
                Duration.ZERO,
                idleTimeout,
                0,
                dnsServers);
    }

    /** A started dataplane. */
    public static Dataplane start(DataplaneConfig config) {
        Dataplane dataplane = new Dataplane(config, RequestTracing.OFF);
        try {
            dataplane.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return dataplane;
    }

    /** A port that is free now. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
