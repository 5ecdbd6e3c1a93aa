package io.signalbox.configservice.source.manifest;

import java.util.Locale;
import java.util.Set;

/** Words that Istio knows as protocols of a port. */
final class IstioProtocols {
    private static final Set<String> WORDS = Set.of(
            "tcp",
            "udp",
            "grpc",
            "grpc-web",
            "http",
            "http_proxy",
            "http2",
            "https",
            "tls",
            "mongo",
            "redis",
            "mysql",
            "hbone");

    private IstioProtocols() {}

    /** Notes a field that is declared and none of the words. */
    static void check(Fields port, String field) {
        String word = port.text(field);
        if (!word.isEmpty() && !WORDS.contains(word.toLowerCase(Locale.ROOT))) {
            port.error(
                    port.path(field),
                    Value.quoted(word) + " (expected: one of HTTP, HTTP2, GRPC, HTTPS, TLS, TCP, MONGO, MYSQL, REDIS)");
        }
    }
}
