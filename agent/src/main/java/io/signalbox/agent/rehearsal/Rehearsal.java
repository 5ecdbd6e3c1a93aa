package io.signalbox.agent.rehearsal;

import io.signalbox.agent.apply.CaptureMode;
import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.apply.DataplaneConfig;
import io.signalbox.agent.proxy.RequestTracing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests of HTTP/1.1 and HTTP/2 over loopback through a dataplane that is made for this and then closed, so
 * that neither counters nor pools of the real one know of it. What the JVM has compiled by then stays.
 *
 * <p>The service that is called stands at one port; its only endpoint is another port of the same dataplane, which
 * answers by itself.
 */
public final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final int CONNECTIONS = 16;
    private static final int MAX_HEADER_BYTES = 60 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private Rehearsal() {}

    /**
     * Sends requests for that long, from this thread. Whatever goes wrong is logged and ends it: the agent serves
     * without it as well.
     *
     * @return the number of requests that were answered
     */
    public static int run(Duration length) {
        long deadline = System.nanoTime() + length.toNanos();
        int answered = 0;
        try (Dataplane dataplane = new Dataplane(config(), RequestTracing.OFF)) {
            RehearsalSnapshot snapshot = new RehearsalSnapshot(freePort(), freePort());
            dataplane.start();
            dataplane.apply(snapshot.update());
            List<String> problems = dataplane.bindProblems();
            if (!problems.isEmpty()) {
                throw new IOException(String.join(", ", problems));
            }
            InetSocketAddress service = new InetSocketAddress(InetAddress.getLoopbackAddress(), snapshot.servicePort());
            try (Http1Caller http1 = new Http1Caller(service, CONNECTIONS);
                    Http2Caller http2 = new Http2Caller(service)) {
                while (System.nanoTime() < deadline) {
                    answered += http1.round();
                    answered += http2.round();
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("the first requests will be slower, for rehearsing them failed: reason={}", e.toString());
        }
        return answered;
    }

    private static DataplaneConfig config() {
        return new DataplaneConfig(
                "",
                "",
                CaptureMode.EXPLICIT,
                0,
                1,
                2 * CONNECTIONS + 2,
                1024,
                MAX_HEADER_BYTES,
                PATIENCE,
                Duration.ZERO,
                Duration.ZERO,
                0,
                false,
                null,
                List.of());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
