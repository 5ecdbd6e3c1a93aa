package io.signalbox.loadtest.caller;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.signalbox.loadtest.v1.EchoServiceGrpc;
import io.signalbox.loadtest.v1.UnaryRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The callers as a program: {@code loadtest/bin/caller}. */
@Command(
        name = "caller",
        mixinStandardHelpOptions = true,
        description =
                "Calls a service as an application would; the last line that it prints says how it went, as JSON.")
final class CallerMain {
    private static final long SECOND_NANOS = 1_000_000_000;

    private CallerMain() {}

    /** Runs the program. */
    public static void main(String[] args) {
        // A pod's address is used again by another one: names are asked for each connection.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        System.exit(new CommandLine(new CallerMain()).execute(args));
    }

    @Command(
            name = "http",
            mixinStandardHelpOptions = true,
            description =
                    "Sends GET requests at a fixed rate over keep-alive connections, and tells each second how many"
                            + " have ended and failed.")
    int http(
            @Option(names = "--rate", defaultValue = "100", description = "Requests a second, over all connections.")
                    int rate,
            @Option(names = "--connections", defaultValue = "8", description = "Connections.") int connections,
            @Option(names = "--seconds", defaultValue = "10", description = "How long; SIGTERM ends it sooner.")
                    int seconds,
            @Option(names = "--timeout-seconds", defaultValue = "5", description = "For an answer.") int timeoutSeconds,
            @Option(names = "--header", description = "NAME=VALUE, sent with each request.")
                    Map<String, String> headers,
            @Option(
                            names = "--requests-per-connection",
                            defaultValue = "2147483647",
                            description = "After so many a connection is closed and another opened.")
                    int requestsPerConnection,
            @Parameters(paramLabel = "URL") URI url)
            throws InterruptedException {
        CallerReport report = new CallerReport();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println(report.toJson()), "report"));
        long begin = System.nanoTime();
        long interval = SECOND_NANOS * connections / rate;
        Map<String, String> sent = headers == null ? Map.of() : new LinkedHashMap<>(headers);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            long first = begin + interval * i / connections;
            HttpCaller caller =
                    new HttpCaller(url, Duration.ofSeconds(timeoutSeconds), sent, requestsPerConnection, report);
            threads.add(Thread.ofPlatform()
                    .daemon()
                    .start(() -> caller.run(first, begin + seconds * SECOND_NANOS, interval)));
        }
        System.out.println("caller ready");
        for (Thread thread : threads) {
            while (!thread.join(Duration.ofSeconds(1))) {
                System.out.println(report.ended() + " ended, " + report.failures() + " failed");
            }
        }
        return 0;
    }

    @Command(
            name = "grpc",
            mixinStandardHelpOptions = true,
            description = "Makes unary calls over one channel; SIGTERM ends it sooner.")
    int grpc(
            @Option(names = "--calls", defaultValue = "10", description = "Number of calls.") int calls,
            @Parameters(paramLabel = "HOST:PORT") String target)
            throws InterruptedException {
        CallerReport report = new CallerReport();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println(report.toJson()), "report"));
        ManagedChannel channel =
                NettyChannelBuilder.forTarget("dns:///" + target).usePlaintext().build();
        EchoServiceGrpc.EchoServiceBlockingStub stub = EchoServiceGrpc.newBlockingStub(channel);
        for (int i = 0; i < calls; i++) {
            long begin = System.nanoTime();
            try {
                String endpoint = stub.withDeadlineAfter(10, TimeUnit.SECONDS)
                        .unary(UnaryRequest.getDefaultInstance())
                        .getEndpoint();
                report.answered(endpoint, System.nanoTime() - begin);
            } catch (StatusRuntimeException e) {
                report.failed(e.toString());
            }
        }
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        return 0;
    }

    @Command(
            name = "listen",
            mixinStandardHelpOptions = true,
            description = "Connects and says nothing: counts what servers say first.")
    int listen(
            @Option(names = "--connections", defaultValue = "1", description = "How many, one after the other.")
                    int connections,
            @Parameters(paramLabel = "HOST") String host,
            @Parameters(paramLabel = "PORT") int port) {
        CallerReport report = new CallerReport();
        for (int i = 0; i < connections; i++) {
            long begin = System.nanoTime();
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(10_000);
                socket.connect(new InetSocketAddress(host, port), 10_000);
                String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                        .readLine();
                if (line == null) {
                    report.failed("closed without a word");
                } else {
                    report.answered(line, System.nanoTime() - begin);
                }
            } catch (IOException e) {
                report.failed(e.toString());
            }
        }
        System.out.println(report.toJson());
        return 0;
    }
}
