package io.signalbox.loadtest.bench.bed;

import io.signalbox.loadtest.backend.Certificates;
import io.signalbox.loadtest.harness.FreePorts;
import io.signalbox.loadtest.harness.Launchers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Servers behind the contenders: nginx for HTTP/1.1 and TCP, nghttpd for HTTP/2, the test backends of this module for
 * gRPC's streams, servers in this program where latency matters.
 */
final class Backends implements AutoCloseable {
    /** Name that clients ask for, and that a certificate is made out to. */
    static final String NAME = "bench.shop.svc.cluster.local";

    private static final double MEDIAN_MILLIS = 4;
    private static final double SLOW_MEDIAN_MILLIS = 20;
    private static final long SEED = 20;

    private final Setting setting;
    private final Path directory;
    private final Programs programs;
    private final List<String> addresses;
    private final int port = FreePorts.next();
    private final List<LongTailServer> longTailed = new ArrayList<>();

    private Backends(Setting setting, Path directory, Programs programs) {
        this.setting = setting;
        this.directory = directory;
        this.programs = programs;
        this.addresses = IntStream.rangeClosed(1, setting.backends() == Setting.Backend.LONG_TAILED ? 5 : 3)
                .mapToObj(number -> "127.2.9." + number)
                .toList();
    }

    /**
     * Starts them; returns when they listen. Each answers {@code /bytes-N} with a body of that size, and {@code /who}
     * with its address.
     */
    static Backends start(Setting setting, int bytes, Path directory, Programs programs) throws IOException {
        Backends backends = new Backends(setting, directory, programs);
        if (setting.backends() == Setting.Backend.LONG_TAILED) {
            backends.startLongTailed();
        } else {
            switch (setting.protocol()) {
                case HTTP1, TCP -> backends.startHttp1(bytes);
                case HTTP2, GRPC -> backends.startHttp2(bytes);
                case GRPC_STREAMS -> backends.startGrpc();
            }
        }
        return backends;
    }

    @Override
    public void close() {
        longTailed.forEach(LongTailServer::close);
    }

    Setting setting() {
        return setting;
    }

    List<String> addresses() {
        return addresses;
    }

    int port() {
        return port;
    }

    /** Who vouches for their certificates, where they speak TLS. */
    Path authority() {
        return directory.resolve("authority.pem");
    }

    private void startHttp1(int bytes) throws IOException {
        boolean isTls = setting.backends() == Setting.Backend.TLS;
        Path root = root("root", bytes);
        String listens = addresses.stream()
                .map(address -> "    listen " + address + ":" + port + (isTls ? " ssl" : "") + " backlog=4096;")
                .collect(Collectors.joining("\n"));
        programs.startNginxHttp(
                "backend",
                Cpus.REST,
                Template.fill(
                        "nginx-backend.conf",
                        Map.of(
                                "LISTENS", listens + (isTls ? certificates() : ""),
                                "ROOT", root.toString(),
                                "BODY", "x".repeat(100))));
        programs.awaitListening(addresses.getFirst(), port);
    }

    private String certificates() throws IOException {
        Certificates certificates =
                new Certificates(directory).authority("authority").issue("server", "authority", NAME);
        certificates.writeCertificates("authority", authority());
        return "\n    ssl_certificate %s;\n    ssl_certificate_key %s;"
                .formatted(
                        certificates.writeCertificates("server", directory.resolve("server.pem")),
                        certificates.writeKey("server", directory.resolve("server-key.pem")));
    }

    private void startHttp2(int bytes) throws IOException {
        for (String address : addresses) {
            Path root = root("root-" + address, bytes);
            Files.writeString(root.resolve("who"), address + "\n");
            programs.start(
                    "backend-" + address,
                    Cpus.REST,
                    List.of(
                            "nghttpd",
                            "--no-tls",
                            "-a",
                            address,
                            Integer.toString(port),
                            "-d",
                            root.toString(),
                            "--trailer",
                            "grpc-status: 0"));
            programs.awaitListening(address, port);
        }
    }

    private void startGrpc() throws IOException {
        List<String> command = new ArrayList<>(List.of(Launchers.backend()));
        addresses.forEach(address -> command.addAll(List.of("--grpc", address + "=" + address + ":" + port)));
        programs.start("backend", Cpus.REST, command);
        programs.awaitListening(addresses.getLast(), port);
    }

    /** The last is slower than the others. */
    private void startLongTailed() throws IOException {
        for (int i = 0; i < addresses.size(); i++) {
            boolean isSlow = i == addresses.size() - 1;
            longTailed.add(LongTailServer.start(
                    addresses.get(i), port, isSlow ? SLOW_MEDIAN_MILLIS : MEDIAN_MILLIS, SEED + i));
        }
    }

    private Path root(String name, int bytes) throws IOException {
        Path root = Files.createDirectories(directory.resolve(name));
        Files.writeString(root.resolve("bytes-" + bytes), "x".repeat(bytes));
        return root;
    }
}
