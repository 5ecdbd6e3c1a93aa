package io.signalbox.configservice.compile;

import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.Transport;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a service port speaks, by Kubernetes' and Istio's rules for declaring it. */
enum PortProtocol {
    /** HTTP/1.1, HTTP/2 or gRPC in clear text. */
    HTTP,
    /** TLS, not terminated. */
    TLS,
    /** Opaque bytes. */
    TCP,
    /** Told by the first bytes. */
    DETECT,
    /** Not routed. */
    NONE;

    private static final Map<String, PortProtocol> WORDS = Map.ofEntries(
            Map.entry("http", HTTP),
            Map.entry("http2", HTTP),
            Map.entry("grpc", HTTP),
            Map.entry("grpc-web", HTTP),
            Map.entry("https", TLS),
            Map.entry("tls", TLS),
            Map.entry("tcp", TCP),
            Map.entry("mongo", TCP),
            Map.entry("mysql", TCP),
            Map.entry("redis", TCP),
            Map.entry("udp", NONE));
    private static final Map<String, PortProtocol> KUBERNETES_WORDS =
            Map.of("kubernetes.io/h2c", HTTP, "kubernetes.io/ws", HTTP, "kubernetes.io/wss", TLS);

    /** Ports of protocols in which the server speaks first (SMTP, DNS, MySQL, MongoDB): never detected. */
    private static final Set<Integer> SERVER_FIRST_PORTS = Set.of(25, 53, 3306, 27017);

    /**
     * The protocol of a port: {@code appProtocol} if it is set, else the name, of which the part before the first dash
     * counts; only one of the two is read.
     */
    static PortProtocol of(Service.Port port) {
        if (port.transport() != Transport.TCP) {
            return NONE;
        }
        String text = port.appProtocol().isEmpty() ? port.name() : port.appProtocol();
        PortProtocol kubernetes = KUBERNETES_WORDS.get(text);
        if (kubernetes != null) {
            return kubernetes;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("grpc-web")) {
            return HTTP;
        }
        int dash = lower.indexOf('-');
        PortProtocol declared = WORDS.get(dash < 0 ? lower : lower.substring(0, dash));
        if (declared != null) {
            return declared;
        }
        return SERVER_FIRST_PORTS.contains(port.port()) ? TCP : DETECT;
    }
}
