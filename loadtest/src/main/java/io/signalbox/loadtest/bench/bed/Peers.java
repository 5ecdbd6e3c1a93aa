package io.signalbox.loadtest.bench.bed;

import io.signalbox.loadtest.harness.FreePorts;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Starts the peers in front of backends, by the templates of their configuration. */
final class Peers {
    private final Path directory;
    private final Programs programs;
    private final Tools tools;
    private final Backends backends;

    Peers(Path directory, Programs programs, Tools tools, Backends backends) {
        this.directory = directory;
        this.programs = programs;
        this.tools = tools;
        this.backends = backends;
    }

    /** Starts a peer; returns when it listens. */
    Contender start(Candidate candidate) throws IOException {
        int port = FreePorts.next();
        ProgramProcess process = switch (candidate.program()) {
            case HAPROXY -> haproxy(candidate, port);
            case NGINX -> nginx(candidate, port);
            case NGHTTPX -> nghttpx(candidate, port);
            case ENVOY -> envoy(candidate, port);
            case AGENT -> throw new IllegalArgumentException("agent: is no peer");
        };
        programs.awaitListening("127.0.0.1", port);
        return new Contender(candidate.name(), "127.0.0.1:" + port, Backends.NAME, process, Activity.NONE, false);
    }

    private ProgramProcess haproxy(Candidate candidate, int port) throws IOException {
        String server = switch (backends.setting().backends()) {
            case TLS ->
                " ssl verify required ca-file %s sni str(%s) verifyhost %2$s"
                        .formatted(backends.authority(), Backends.NAME);
            case FAST, LONG_TAILED -> isHttp2() ? " proto h2" : "";
        };
        Path config = write(
                candidate,
                "haproxy.cfg",
                isTcp() ? "haproxy-tcp.cfg" : "haproxy-http.cfg",
                Map.of(
                        "PORT",
                        Integer.toString(port),
                        "PROTO",
                        isHttp2() ? " proto h2" : "",
                        "BALANCE",
                        switch (candidate.balance()) {
                            case ROUND_ROBIN -> "roundrobin";
                            case LEAST_REQUEST -> "leastconn";
                            case PEAK_EWMA -> throw new IllegalArgumentException("haproxy has no PEAK_EWMA");
                            case RANDOM -> "random";
                        },
                        "SERVERS",
                        servers("  server s%1$s %1$s:%2$d" + server)));
        return programs.start(candidate.name(), Cpus.PROXY, List.of("haproxy", "-db", "-q", "-f", config.toString()));
    }

    private ProgramProcess nginx(Candidate candidate, int port) throws IOException {
        boolean isTls = backends.setting().backends() == Setting.Backend.TLS;
        Map<String, String> values = Map.of(
                "PORT",
                Integer.toString(port),
                "SERVERS",
                servers("    server %s:%d;"),
                "SCHEME",
                isTls ? "https" : "http",
                "TLS",
                isTls ? """
                              proxy_ssl_verify on;
                              proxy_ssl_trusted_certificate %s;
                              proxy_ssl_name %s;
                              proxy_ssl_server_name on;
                        """.formatted(backends.authority(), Backends.NAME) : "");
        return isTcp()
                ? programs.startNginx(candidate.name(), Cpus.PROXY, Template.fill("nginx-tcp.conf", values))
                : programs.startNginxHttp(
                        candidate.name(),
                        Cpus.PROXY,
                        Template.fill(isHttp2() ? "nginx-http2.conf" : "nginx-http1.conf", values));
    }

    private ProgramProcess nghttpx(Candidate candidate, int port) throws IOException {
        String protocol = isHttp2() ? "h2" : "http/1.1";
        String tls = backends.setting().backends() == Setting.Backend.TLS ? ";tls;sni=" + Backends.NAME : "";
        Path config = write(
                candidate,
                "nghttpx.conf",
                "nghttpx.conf",
                Map.of(
                        "PORT",
                        Integer.toString(port),
                        "SERVERS",
                        servers("backend=%s,%d;;proto=" + protocol + tls)
                                + (tls.isEmpty() ? "" : "\ncacert=" + backends.authority())));
        return programs.start(candidate.name(), Cpus.PROXY, List.of("nghttpx", "--conf=" + config));
    }

    private ProgramProcess envoy(Candidate candidate, int port) throws IOException {
        Path config = write(
                candidate,
                "envoy.yaml",
                isTcp() ? "envoy-tcp.yaml" : "envoy-http.yaml",
                Map.of(
                        "PORT", Integer.toString(port),
                        "BALANCE", candidate.balance().name(),
                        "PROTO",
                                isHttp2()
                                        ? "http2_protocol_options: {max_concurrent_streams: 256}"
                                        : "http_protocol_options: {}",
                        "TLS",
                                backends.setting().backends() == Setting.Backend.TLS
                                        ? Template.fill(
                                                "envoy-tls.yaml",
                                                Map.of(
                                                        "SNI",
                                                        Backends.NAME,
                                                        "CA",
                                                        backends.authority().toString()))
                                        : "",
                        "SERVERS",
                                servers(
                                        "            - endpoint: {address: {socket_address: {address: %s, port_value: %d}}}")));
        return programs.start(
                candidate.name(),
                Cpus.PROXY,
                List.of(
                        tools.envoy(),
                        "-c",
                        config.toString(),
                        "--concurrency",
                        "1",
                        "--disable-hot-restart",
                        "--log-level",
                        "error"));
    }

    /** One line for each backend, with its address and port. */
    private String servers(String line) {
        return backends.addresses().stream()
                .map(address -> line.formatted(address, backends.port()))
                .collect(Collectors.joining("\n"));
    }

    private Path write(Candidate candidate, String suffix, String template, Map<String, String> values)
            throws IOException {
        Path file = directory.resolve(candidate.name().replace(' ', '-').toLowerCase(Locale.ROOT) + "-" + suffix);
        return Files.writeString(file, Template.fill(template, values));
    }

    private boolean isHttp2() {
        return backends.setting().protocol().isHttp2();
    }

    private boolean isTcp() {
        return backends.setting().protocol() == Protocol.TCP;
    }
}
