package io.signalbox.agent.apply;

import io.signalbox.agent.capture.pods.PodsConfig;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Limits and modes of the dataplane.
 *
 * @param node name of the node
 * @param zone of the node, for as long as the config service has not told its locality; empty: unknown
 * @param captureMode how connections come in
 * @param redirectPort port of the listeners where rules of the kernel lead connections to the agent; 0 picks a free one
 * @param eventLoops number of event loops, 1 or more
 * @param maxConnections downstream connections over all loops; one more is closed at once
 * @param maxConcurrentStreams HTTP/2 streams that a downstream connection may have open
 *     (SETTINGS_MAX_CONCURRENT_STREAMS)
 * @param maxHeaderBytes size of a request's or response's head: of the bytes for HTTP/1, as RFC 9113 section 6.5.2
 *     counts it for HTTP/2
 * @param connectTimeout for one connection to an endpoint
 * @param detectionTimeout how long to wait for a client's first bytes before the connection counts as opaque; zero: for
 *     ever, as Istio does
 * @param idleTimeout after which a connection without requests or bytes is closed
 * @param socketMark SO_MARK of the agent's own connections, so that capture rules can leave them alone; 0: none. Needs
 *     CAP_NET_ADMIN
 * @param keepsSource whether opaque connections go to endpoints from the caller's address
 * @param pods how pods are captured; null except in mode {@link CaptureMode#PODS}
 * @param dnsServers asked for the addresses of names; empty: those of {@code /etc/resolv.conf}
 */
public record DataplaneConfig(
        String node,
        String zone,
        CaptureMode captureMode,
        int redirectPort,
        int eventLoops,
        int maxConnections,
        int maxConcurrentStreams,
        int maxHeaderBytes,
        Duration connectTimeout,
        Duration detectionTimeout,
        Duration idleTimeout,
        int socketMark,
        boolean keepsSource,
        @Nullable PodsConfig pods,
        List<InetSocketAddress> dnsServers) {
    public DataplaneConfig {
        dnsServers = List.copyOf(dnsServers);
    }
}
