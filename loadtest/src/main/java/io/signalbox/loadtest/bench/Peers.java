package io.signalbox.loadtest.bench;

import io.signalbox.loadtest.harness.FreePorts;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Starts haproxy and nginx in front of backends, and the backends: nginx for HTTP/1.1, nghttpd for HTTP/2. */
final class Peers {
    static final String PROXY_CPU = "0";

    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final String BODY = "x".repeat(100);

    private final Path directory;
    private final List<ProgramProcess> started;

    /** Adds all that it starts to {@code started}. */
    Peers(Path directory, List<ProgramProcess> started) {
        this.directory = directory;
        this.started = started;
    }

    /** HTTP/1.1 servers on these addresses. */
    void http1Backends(List<String> addresses, int port) throws IOException {
        String listens = addresses.stream()
                .map(address -> "    listen " + address + ":" + port + " reuseport backlog=1024;\n")
                .collect(Collectors.joining());
        startNginx("backend-http1", H2Load.CLIENT_CPU, """
                  server {
                %s    location / { return 200 "%s"; }
                  }
                """.formatted(listens, BODY));
        awaitListening(addresses.getFirst(), port);
    }

    /** HTTP/2 servers on these addresses. */
    void http2Backends(List<String> addresses, int port) throws IOException {
        Path root = Files.createDirectories(directory.resolve("root"));
        Files.writeString(root.resolve("unary"), BODY);
        for (String address : addresses) {
            start(
                    "backend-http2-" + address,
                    H2Load.CLIENT_CPU,
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
            awaitListening(address, port);
        }
    }

    Contender haproxy(Protocol protocol, List<String> backends, int backendPort) throws IOException {
        int port = FreePorts.next();
        String proto = protocol == Protocol.HTTP2 ? " proto h2" : "";
        String servers = backends.stream()
                .map(address ->
                        "  server s" + address.replace('.', '-') + " " + address + ":" + backendPort + proto + "\n")
                .collect(Collectors.joining());
        Path config = directory.resolve("haproxy-" + protocol + ".cfg");
        Files.writeString(config, """
                global
                  nbthread 1
                  maxconn 4096
                defaults
                  mode http
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                  http-reuse always
                frontend in
                  bind 127.0.0.1:%d%s
                  default_backend out
                backend out
                  balance roundrobin
                %s""".formatted(port, proto, servers));
        ProgramProcess process =
                start("haproxy-" + protocol, PROXY_CPU, List.of("haproxy", "-db", "-q", "-f", config.toString()));
        awaitListening("127.0.0.1", port);
        return new Contender("haproxy", "127.0.0.1:" + port, process);
    }

    Contender nginx(Protocol protocol, List<String> backends, int backendPort) throws IOException {
        int port = FreePorts.next();
        String servers = backends.stream()
                .map(address -> "    server " + address + ":" + backendPort + ";\n")
                .collect(Collectors.joining());
        String upstream = """
                  upstream out {
                %s    keepalive 128;
                    keepalive_requests 1000000000;
                  }
                """.formatted(servers);
        ProgramProcess process = startNginx(
                "nginx-" + protocol,
                PROXY_CPU,
                upstream
                        + switch (protocol) {
                            case HTTP1 -> """
                                      server {
                                        listen 127.0.0.1:%d;
                                        location / {
                                          proxy_pass http://out;
                                          proxy_http_version 1.1;
                                          proxy_set_header Connection "";
                                          proxy_set_header Host $http_host;
                                        }
                                      }
                                    """.formatted(port);
                            case HTTP2 -> """
                                      server {
                                        listen 127.0.0.1:%d http2;
                                        http2_max_concurrent_streams 256;
                                        location / { grpc_pass grpc://out; }
                                      }
                                    """.formatted(port);
                        });
        awaitListening("127.0.0.1", port);
        return new Contender("nginx", "127.0.0.1:" + port, process);
    }

    private ProgramProcess startNginx(String name, String cpu, String http) throws IOException {
        Path home = Files.createDirectories(directory.resolve(name));
        Path config = home.resolve("nginx.conf");
        Files.writeString(config, """
                daemon off;
                worker_processes 1;
                pid %1$s/nginx.pid;
                error_log %1$s/error.log crit;
                events { worker_connections 4096; multi_accept on; }
                http {
                  access_log off;
                  tcp_nodelay on;
                  keepalive_timeout 600s;
                  keepalive_requests 1000000000;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                %2$s}
                """.formatted(home, http));
        return start(name, cpu, List.of("nginx", "-p", home.toString(), "-c", config.toString()));
    }

    private ProgramProcess start(String name, String cpu, List<String> command) throws IOException {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", cpu));
        pinned.addAll(command);
        ProgramProcess process = ProgramProcess.start(name, pinned, Map.of(), directory.resolve(name + ".log"));
        started.add(process);
        return process;
    }

    private void awaitListening(String address, int port) {
        started.getLast().awaitReady(DEADLINE, () -> {
            try (Socket socket = new Socket(InetAddress.ofLiteral(address), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
    }
}
