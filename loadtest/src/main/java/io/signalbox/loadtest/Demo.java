package io.signalbox.loadtest;

import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.backend.TcpBackend;
import io.signalbox.loadtest.harness.EchoClient;
import io.signalbox.loadtest.harness.GrpcTraffic;
import io.signalbox.loadtest.harness.HttpConnection;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.OtlpReceiver;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.harness.Tally;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the main job where a person can watch it: {@code loadtest/bin/demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Runs a config service, an agent and three services, and sends traffic through. Exit code 1: some failed.")
public final class Demo implements Callable<Integer> {
    private static final int REPLICAS = 3;
    private static final int HTTP_REQUESTS = 300;
    private static final int FIRST_CALLS = 24;
    private static final int GRPC_CALLS_PER_PHASE = 10_000;
    private static final int GRPC_CONCURRENCY = 16;
    private static final int TCP_CONNECTIONS = 30;
    private static final long CLEAN_UP_SECONDS = 10;
    private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLER_SPAN_ID = "00f067aa0ba902b7";

    private final DemoOutput output = new DemoOutput();
    private final CountDownLatch ended = new CountDownLatch(1);

    @Option(names = "--keep", description = "Keep everything up afterwards, until Ctrl-C.")
    private boolean keep;

    private long failed;

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Demo())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    System.err.println("demo: " + failure.getMessage());
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try {
            return run();
        } finally {
            ended.countDown();
        }
    }

    private int run() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("signalbox-demo-");
        try (OtlpReceiver receiver = new OtlpReceiver();
                Mesh mesh = Mesh.create(directory).withAgentEnvironment(receiver.environment())) {
            MeshService<HttpBackend> catalog =
                    mesh.add(ServiceSpec.of("catalog", PortProtocol.HTTP), HttpBackend::start, REPLICAS);
            MeshService<GrpcBackend> orders =
                    mesh.add(ServiceSpec.of("orders", PortProtocol.GRPC).roundRobin(), GrpcBackend::start, REPLICAS);
            MeshService<TcpBackend> ledger = mesh.add(
                    ServiceSpec.of("ledger", PortProtocol.TCP), TcpBackend.starter(TcpBackend.Mode.BANNER), REPLICAS);

            long begun = System.nanoTime();
            mesh.start();
            output.started(mesh, Duration.ofNanos(System.nanoTime() - begun));
            output.services(List.of(catalog, orders, ledger));

            sendHttp(catalog);
            sendGrpc(orders);
            sendTcp(ledger);
            traceOne(catalog, receiver);

            output.result(failed);
            if (keep) {
                output.tryIt(mesh, catalog, orders, ledger);
                awaitInterrupt();
            }
        }
        if (failed == 0) {
            Mesh.deleteTree(directory);
        } else {
            output.line("  Logs: " + directory);
        }
        return failed == 0 ? 0 : 1;
    }

    /** Returns at Ctrl-C or SIGTERM; the JVM then stays until all is cleaned up. */
    private void awaitInterrupt() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            interrupted.countDown();
            try {
                var _ = ended.await(CLEAN_UP_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        interrupted.await();
    }

    private void sendHttp(MeshService<HttpBackend> catalog) throws IOException {
        output.title("HTTP/1.1: " + HTTP_REQUESTS + " requests to catalog over one keep-alive connection");
        Tally tally = new Tally();
        List<String> order = new ArrayList<>();
        try (HttpConnection connection = HttpConnection.open(catalog.address())) {
            for (int i = 0; i < HTTP_REQUESTS; i++) {
                HttpConnection.Response response = connection.get("catalog.shop", "/");
                if (response.status() == 200) {
                    tally.answered(response.endpoint());
                    order.add(response.endpoint());
                } else {
                    tally.failed("status " + response.status());
                }
            }
        }
        output.order(order);
        output.bars(tally.counts());
        report(tally);
    }

    private void sendGrpc(MeshService<GrpcBackend> orders) throws IOException {
        output.title("gRPC: calls to orders over one connection, while endpoints come and go");
        List<String> order = new ArrayList<>();
        Tally tally;
        try (EchoClient client = EchoClient.of(orders)) {
            for (int i = 0; i < FIRST_CALLS; i++) {
                order.add(client.call());
            }
            output.order(order);
            try (GrpcTraffic traffic = GrpcTraffic.start(client, GRPC_CONCURRENCY)) {
                tally = traffic.tally();
                phase(tally, REPLICAS + " endpoints");

                long added = System.nanoTime();
                GrpcBackend fourth = orders.add();
                Duration delay = tally.awaitEndpoint(fourth.name(), added);
                phase(tally, fourth.name() + " added");
                output.line("      its first call came " + delay.toMillis()
                        + " ms after it was written to the registry file");

                GrpcBackend first = orders.backends().getFirst();
                orders.remove(first);
                tally.awaitWithout(first.name(), GRPC_CONCURRENCY * 10L);
                phase(tally, first.name() + " removed");
            }
        }
        report(tally);
    }

    private void phase(Tally tally, String name) {
        Map<String, Long> before = tally.counts();
        tally.awaitMore(GRPC_CALLS_PER_PHASE);
        output.shares(name, tally.countsSince(before));
    }

    private void sendTcp(MeshService<TcpBackend> ledger) throws IOException {
        output.title("TCP: " + TCP_CONNECTIONS + " connections to ledger, where the server speaks first");
        Tally tally = new Tally();
        for (int i = 0; i < TCP_CONNECTIONS; i++) {
            try (Socket socket =
                    new Socket(ledger.address().getAddress(), ledger.address().getPort())) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                String endpoint = in.readLine();
                socket.getOutputStream().write("debit 10\n".getBytes(StandardCharsets.UTF_8));
                String echoed = in.readLine();
                if (endpoint != null && "debit 10".equals(echoed)) {
                    tally.answered(endpoint);
                } else {
                    tally.failed("banner " + endpoint + ", echo " + echoed);
                }
            }
        }
        output.bars(tally.counts());
        report(tally);
    }

    private void traceOne(MeshService<HttpBackend> catalog, OtlpReceiver receiver) throws IOException {
        output.title("Trace of one request, as an OpenTelemetry collector receives it");
        try (HttpConnection connection = HttpConnection.open(catalog.address())) {
            connection.get("catalog.shop", "/", Map.of("traceparent", "00-" + TRACE_ID + "-" + CALLER_SPAN_ID + "-01"));
        }
        output.trace(TRACE_ID, CALLER_SPAN_ID, receiver.awaitSpans(TRACE_ID, 2, Duration.ofSeconds(10)));
    }

    private void report(Tally tally) {
        failed += tally.failed();
        output.ended(tally);
    }
}
