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
import java.util.concurrent.ThreadLocalRandom;

/** A dataplane with one event loop in explicit capture. */
public final class TestDataplane {
    private static final int FIRST_PORT = 20_000;
    private static final int LAST_PORT = 31_999;

    private static int nextPort = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);

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
                false,
                null,
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

    /**
     * A port that is free, and never the same twice. It lies below the range that the kernel gives to outgoing
     * connections, so that it is still free when it is bound a moment later.
     */
    public static synchronized int freePort() {
        for (int tries = FIRST_PORT; tries <= LAST_PORT; tries++) {
            int port = nextPort;
            nextPort = port == LAST_PORT ? FIRST_PORT : port + 1;
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // Somebody has it; the next may be free.
            }
        }
        throw new IllegalStateException("ports: none free between " + FIRST_PORT + " and " + LAST_PORT);
    }
}
