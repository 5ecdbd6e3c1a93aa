package io.signalbox.loadtest;

import io.signalbox.loadtest.backend.Backend;
import io.signalbox.loadtest.backend.Certificates;
import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.backend.TcpBackend;
import io.signalbox.loadtest.harness.Mesh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The test backends as a program: {@code loadtest/bin/backend}. */
@Command(
        name = "backend",
        mixinStandardHelpOptions = true,
        description =
                "Runs test servers until it is killed; SIGTERM lets what runs be answered. Each value is NAME=ADDRESS:PORT.")
final class BackendMain implements Callable<Integer> {
    @Option(names = "--http", description = "An HTTP/1.1 server.", paramLabel = "NAME=ADDRESS:PORT")
    private List<String> http = new ArrayList<>();

    @Option(
            names = "--tls",
            description = "An HTTPS server with a certificate that nobody vouches for.",
            paramLabel = "NAME=ADDRESS:PORT")
    private List<String> tls = new ArrayList<>();

    @Option(names = "--grpc", description = "A gRPC server.", paramLabel = "NAME=ADDRESS:PORT")
    private List<String> grpc = new ArrayList<>();

    @Option(names = "--tcp", description = "A TCP server that echoes.", paramLabel = "NAME=ADDRESS:PORT")
    private List<String> tcp = new ArrayList<>();

    @Option(names = "--banner", description = "A TCP server that speaks first.", paramLabel = "NAME=ADDRESS:PORT")
    private List<String> banner = new ArrayList<>();

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new BackendMain()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<HttpBackend> httpServers = new ArrayList<>(startAll(http, HttpBackend::start));
        if (!tls.isEmpty()) {
            httpServers.addAll(startAll(tls, HttpBackend.tls(ownContext(), false)));
        }
        List<GrpcBackend> grpcServers = startAll(grpc, GrpcBackend::start);
        startAll(tcp, TcpBackend.starter(TcpBackend.Mode.ECHO));
        startAll(banner, TcpBackend.starter(TcpBackend.Mode.BANNER));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(httpServers, grpcServers), "drain"));
        System.out.println("backend ready");
        new CountDownLatch(1).await();
        return 0;
    }

    private static SSLContext ownContext() throws IOException {
        Path directory = Files.createTempDirectory("signalbox-backend");
        try {
            return new Certificates(directory).selfSigned("backend").server("backend", "backend");
        } finally {
            Mesh.deleteTree(directory);
        }
    }

    /** Ends as a server should: nothing new is taken, and what runs is answered. */
    private static void drain(List<HttpBackend> httpServers, List<GrpcBackend> grpcServers) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            httpServers.forEach(server -> threads.execute(server::drain));
            grpcServers.forEach(server -> threads.submit(() -> {
                server.drain();
                return null;
            }));
        }
    }

    private static <B extends Backend> List<B> startAll(List<String> specs, Backend.Starter<B> starter)
            throws IOException {
        List<B> backends = new ArrayList<>();
        for (String spec : specs) {
            int equals = spec.indexOf('=');
            int colon = spec.lastIndexOf(':');
            if (equals < 1 || colon < equals) {
                throw new CommandLine.ParameterException(
                        new CommandLine(new BackendMain()), spec + ": (expected: NAME=ADDRESS:PORT)");
            }
            B backend = starter.start(
                    spec.substring(0, equals),
                    new InetSocketAddress(
                            InetAddress.ofLiteral(spec.substring(equals + 1, colon)),
                            Integer.parseInt(spec.substring(colon + 1))));
            backends.add(backend);
            System.out.println("listening: " + backend.name() + "=" + backend.address());
        }
        return backends;
    }
}
