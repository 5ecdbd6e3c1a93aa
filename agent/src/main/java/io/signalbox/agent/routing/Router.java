package io.signalbox.agent.routing;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Decides. Which frontend stands for what is described in "Understanding Traffic Routing" of Istio, whose sidecar
 * behaviour this follows.
 */
public final class Router {
    private static final ConnectionDecision BY_HOST = new ConnectionDecision.DetectByHost();
    private static final ConnectionDecision PASSTHROUGH = new ConnectionDecision.Passthrough();

    private Router() {}

    /**
     * Decides on a connection by its original destination. An exact address hides everything else on the port.
     *
     * @param table of the destination's port; null when the port is not configured
     */
    public static ConnectionDecision connection(@Nullable PortTable table, InetAddress destination) {
        if (table == null) {
            return PASSTHROUGH;
        }
        PreparedFrontend frontend = table.frontend(destination);
        if (frontend == null) {
            return table.hasVirtualHosts() ? BY_HOST : PASSTHROUGH;
        }
        return switch (frontend.protocol()) {
            case TCP, TLS -> new ConnectionDecision.Forward(frontend);
            case DETECT -> new ConnectionDecision.DetectAtAddress(frontend);
        };
    }

    /**
     * Decides on a request. Makes no object.
     *
     * @param table of the destination's port; null when the port is not configured
     * @param destination the connection's original destination; for HTTP it counts only where a detected port has an
     *     address frontend
     * @param authority bytes that hold the value of Host or {@code :authority} in {@code [from, to)}
     * @param callerNamespace namespace of the calling workload, empty when unknown
     * @return the virtual host, or null when the request is unmatched
     */
    public static @Nullable PreparedVirtualHost request(
            @Nullable PortTable table,
            InetAddress destination,
            byte[] authority,
            int from,
            int to,
            String callerNamespace) {
        if (table == null) {
            return null;
        }
        PreparedFrontend frontend = table.frontend(destination);
        if (frontend != null && frontend.virtualHost() != null) {
            return frontend.virtualHost();
        }
        return table.virtualHost(authority, from, to, callerNamespace);
    }
}
