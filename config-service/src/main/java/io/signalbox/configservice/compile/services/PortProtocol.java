package io.signalbox.configservice.compile.services;

import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.ServiceEntry;
import io.signalbox.configservice.registry.Transport;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a port speaks, by Kubernetes' and Istio's rules for declaring it. */
public enum PortProtocol {
    HTTP(Family.HTTP),
    HTTP2(Family.HTTP),
    GRPC(Family.HTTP),
    GRPC_WEB(Family.HTTP),
    HTTPS(Family.TLS),
    TLS(Family.TLS),
    TCP(Family.TCP),
    MONGO(Family.TCP),
    MYSQL(Family.TCP),
    REDIS(Family.TCP),
    /** Told by the first bytes. */
    DETECT(Family.DETECT),
    /** Not routed. */
    NONE(Family.NONE);

    /** How traffic is matched. */
    public enum Family {
        /** HTTP/1.1, HTTP/2 or gRPC in clear text. */
        HTTP,
        /** TLS, not terminated. */
        TLS,
        /** Opaque bytes. */
        TCP,
        /** Told by the first bytes. */
        DETECT,
        /** Not routed. */
        NONE
    }

    private static final Map<String, PortProtocol> WORDS = Map.ofEntries(
            Map.entry("http", HTTP),
            Map.entry("http2", HTTP2),
            Map.entry("grpc", GRPC),
            Map.entry("grpc-web", GRPC_WEB),
            Map.entry("https", HTTPS),
            Map.entry("tls", TLS),
            Map.entry("tcp", TCP),
            Map.entry("mongo", MONGO),
            Map.entry("mysql", MYSQL),
            Map.entry("redis", REDIS),
            Map.entry("udp", NONE));
    private static final Map<String, PortProtocol> KUBERNETES_WORDS =
            Map.of("kubernetes.io/h2c", HTTP2, "kubernetes.io/ws", HTTP, "kubernetes.io/wss", HTTPS);

    /** Ports of protocols in which the server speaks first (SMTP, DNS, MySQL, MongoDB): never detected. */
    private static final Set<Integer> SERVER_FIRST_PORTS = Set.of(25, 53, 3306, 27017);

    private final Family family;

    PortProtocol(Family family) {
        this.family = family;
    }

    /** How its traffic is matched. */
    public Family family() {
        return family;
    }

    /** Whether HTTP is routed on such a port: declared, or found. */
    public boolean mayBeHttp() {
        return family == Family.HTTP || family == Family.DETECT;
    }

    /** Whether connections are matched by address, SNI or port. */
    public boolean hasConnectionFrontends() {
        return family == Family.TCP || family == Family.TLS || family == Family.DETECT;
    }

    /**
     * The protocol of a port: {@code appProtocol} if it is set, else the name, of which the part before the first dash
     * counts; only one of the two is read.
     */
    public static PortProtocol of(Service.Port port) {
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
            return GRPC_WEB;
        }
        int dash = lower.indexOf('-');
        PortProtocol declared = WORDS.get(dash < 0 ? lower : lower.substring(0, dash));
        if (declared != null) {
            return declared;
        }
        return SERVER_FIRST_PORTS.contains(port.port()) ? TCP : DETECT;
    }

    /** The protocol of a port of a ServiceEntry: the whole word counts. */
    public static PortProtocol of(ServiceEntry.Port port) {
        return WORDS.getOrDefault(port.protocol().toLowerCase(Locale.ROOT), DETECT);
    }
}
