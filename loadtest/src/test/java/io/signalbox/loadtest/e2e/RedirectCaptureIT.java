package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.ProgramProcess;
import io.signalbox.loadtest.harness.RegistryFiles;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.harness.Tally;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Capture as on a node: nftables redirects what goes to service addresses, and SO_ORIGINAL_DST tells the agent where
 * to. All runs in a network namespace of its own, which needs root. Service addresses (10.96.0.10, fd96::10) belong to
 * nobody in it; "outside" is a server that no service names.
 */
class RedirectCaptureIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int MARK = 1337;
    private static final int REDIRECT_PORT = 15001;
    private static final int ADMIN_PORT = 15000;
    private static final int HTTP_PORT = 15080;
    private static final int GRPC_PORT = 15010;
    private static final String OUTSIDE = "10.97.0.1";
    private static final String OUTSIDE_V6 = "fd97:0:0:0:0:0:0:1";

    private static final ServiceSpec CATALOG = ServiceSpec.of("catalog", PortProtocol.HTTP)
            .withClusterIp("10.96.0.10")
            .withPort(80)
            .withTargetPort(8080)
            .roundRobin();
    private static final ServiceSpec CATALOG_V6 = ServiceSpec.of("catalog-six", PortProtocol.HTTP)
            .withClusterIp("fd96::10")
            .withPort(80)
            .withTargetPort(8080)
            .roundRobin();
    private static final ServiceSpec LEDGER = ServiceSpec.of("ledger", PortProtocol.TCP)
            .withClusterIp("10.96.0.11")
            .withPort(7000)
            .withTargetPort(7777);
    private static final ServiceSpec ORDERS = ServiceSpec.of("orders", PortProtocol.GRPC)
            .withClusterIp("10.96.0.12")
            .withPort(81)
            .withTargetPort(8181)
            .roundRobin();

    private static NetworkNamespace namespace;
    private static final List<ProgramProcess> programs = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Path directory = TestMesh.directory(RedirectCaptureIT.class);
        Mesh.deleteTree(directory);
        Files.createDirectories(directory);
        namespace = NetworkNamespace.create();
        List<String> endpoints = List.of("10.98.0.1", "10.98.0.2", "10.98.0.3");
        List<String> endpointsV6 = List.of("fd98:0:0:0:0:0:0:1", "fd98:0:0:0:0:0:0:2");
        for (String address : concat(endpoints, List.of("10.99.0.1", OUTSIDE))) {
            namespace.addAddress(address + "/32");
        }
        for (String address : concat(endpointsV6, List.of("fd99::1", OUTSIDE_V6))) {
            namespace.addAddress(address + "/128");
        }
        namespace.require("ip", "route", "add", "10.96.0.0/16", "dev", "lo", "src", "10.99.0.1");
        namespace.require("ip", "-6", "route", "add", "fd96::/64", "dev", "lo", "src", "fd99::1");
        namespace.requireWithInput(rules(), "nft", "-f", "-");

        RegistryFiles registry = new RegistryFiles(directory.resolve("registry"), directory.resolve("drafts"));
        registry.writeNamespaces(List.of("shop"));
        registry.writeCallers(Mesh.NODE, Map.of("shop", "10.99.0.1"));
        registry.writeService(CATALOG, addresses(endpoints));
        registry.writeService(CATALOG_V6, addresses(endpointsV6));
        registry.writeService(LEDGER, addresses(endpoints));
        registry.writeService(ORDERS, addresses(endpoints));

        startPrograms(directory, endpoints, endpointsV6);
    }

    @AfterAll
    static void stop() throws IOException {
        programs.forEach(ProgramProcess::close);
        if (namespace != null) {
            namespace.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"10.96.0.10, catalog.shop, 3", "[fd96::10], catalog-six.shop, 2"})
    void balancesRedirectedRequests(String address, String host, int endpoints)
            throws IOException, InterruptedException {
        Tally tally = new Tally();
        for (int i = 0; i < endpoints; i++) {
            // Twice over one connection each.
            String url = "http://" + address + "/";
            namespace
                    .require("curl", "-sS", "--max-time", "20", "-H", "Host: " + host, url, url)
                    .lines()
                    .forEach(tally::answered);
        }
        assertThat(tally.answered()).isEqualTo(2L * endpoints);
        assertThat(tally.counts()).hasSize(endpoints);
        assertThat(tally.counts().keySet())
                .allSatisfy(endpoint -> assertThat(endpoint).startsWith(address.startsWith("[") ? "six-" : "catalog-"));
    }

    @Test
    void balancesRedirectedGrpcCalls() throws IOException, InterruptedException {
        // An empty message: not compressed, no bytes.
        Path message = Files.write(TestMesh.directory(RedirectCaptureIT.class).resolve("message"), new byte[5]);
        String url = "http://10.96.0.12:81/signalbox.loadtest.v1.EchoService/Unary";
        Set<String> endpoints = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            String output = namespace.require(
                    "curl",
                    "-sSi",
                    "--max-time",
                    "20",
                    "--http2-prior-knowledge",
                    "-H",
                    "content-type: application/grpc",
                    "-H",
                    "te: trailers",
                    "--data-binary",
                    "@" + message,
                    "-o",
                    "-",
                    url);
            assertThat(output).contains("HTTP/2 200", "grpc-status: 0");
            output.lines()
                    .filter(line -> line.startsWith("x-endpoint: orders-"))
                    .forEach(endpoints::add);
        }
        assertThat(endpoints).hasSize(3);
    }

    @Test
    void forwardsRedirectedTcp() throws IOException, InterruptedException {
        assertThat(firstLine("10.96.0.11", 7000)).startsWith("ledger-");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({OUTSIDE, OUTSIDE_V6})
    void passesUnmatchedTcpToItsDestination(String address) throws IOException, InterruptedException {
        assertThat(firstLine(address, 9000)).isEqualTo("outside");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({OUTSIDE, "[" + OUTSIDE_V6 + "]"})
    void passesUnknownHostsToTheirDestination(String address) throws IOException, InterruptedException {
        String output = namespace.require(
                "curl", "-sSi", "--max-time", "20", "-H", "Host: outside.example", "http://" + address + ":80/");

        assertThat(output)
                .containsIgnoringCase("x-endpoint: outside-http")
                .containsIgnoringCase("x-seen-host: outside.example");
        // Passed through untouched: nobody has put itself into the trace.
        assertThat(output).doesNotContainIgnoringCase("x-seen-traceparent");
    }

    @Test
    void takesAKnownHostWhateverTheDestination() throws IOException, InterruptedException {
        assertThat(namespace.require(
                        "curl", "-sS", "--max-time", "20", "-H", "Host: catalog.shop", "http://" + OUTSIDE + ":80/"))
                .startsWith("catalog-");
    }

    private static void startPrograms(Path directory, List<String> endpoints, List<String> endpointsV6)
            throws IOException {
        List<String> backend = new ArrayList<>(List.of(Launchers.backend()));
        for (int i = 0; i < endpoints.size(); i++) {
            backend.addAll(List.of("--http", "catalog-" + (i + 1) + "=" + endpoints.get(i) + ":8080"));
            backend.addAll(List.of("--banner", "ledger-" + (i + 1) + "=" + endpoints.get(i) + ":7777"));
            backend.addAll(List.of("--grpc", "orders-" + (i + 1) + "=" + endpoints.get(i) + ":8181"));
        }
        for (int i = 0; i < endpointsV6.size(); i++) {
            backend.addAll(List.of("--http", "six-" + (i + 1) + "=" + endpointsV6.get(i) + ":8080"));
        }
        for (String address : List.of(OUTSIDE, OUTSIDE_V6)) {
            backend.addAll(
                    List.of("--http", "outside-http=" + address + ":80", "--banner", "outside=" + address + ":9000"));
        }
        ProgramProcess backends = start("backend", directory, Map.of(), backend);
        ProgramProcess service = start(
                "config-service",
                directory,
                Map.of(),
                List.of(
                        Launchers.configService(),
                        "--registry",
                        directory.resolve("registry").toString(),
                        "--http-port",
                        Integer.toString(HTTP_PORT),
                        "--grpc-port",
                        Integer.toString(GRPC_PORT)));
        ProgramProcess agent = start(
                "agent",
                directory,
                Map.of("SIGNALBOX_JAVA_OPTS", "-Dio.netty.leakDetection.level=paranoid"),
                List.of(
                        Launchers.agent(),
                        "--config-service",
                        "127.0.0.1:" + GRPC_PORT,
                        "--node",
                        Mesh.NODE,
                        "--capture",
                        "redirect",
                        "--redirect-port",
                        Integer.toString(REDIRECT_PORT),
                        // Each event loop takes its own turns among the endpoints.
                        "--event-loops",
                        "1",
                        "--socket-mark",
                        Integer.toString(MARK),
                        "--admin-port",
                        Integer.toString(ADMIN_PORT),
                        "--data-dir",
                        directory.resolve("agent-data").toString()));
        backends.awaitReady(DEADLINE, () -> backends.log().contains("backend ready"));
        service.awaitReady(DEADLINE, () -> answers("http://127.0.0.1:" + HTTP_PORT + "/health/ready"));
        agent.awaitReady(DEADLINE, () -> answers("http://127.0.0.1:" + ADMIN_PORT + "/ready"));
    }

    private static ProgramProcess start(
            String name, Path directory, Map<String, String> environment, List<String> command) throws IOException {
        ProgramProcess program =
                namespace.start(name, directory.resolve(name + ".log"), environment, command.toArray(String[]::new));
        programs.add(program);
        return program;
    }

    private static boolean answers(String url) {
        try {
            return namespace.run("curl", "-sf", "--max-time", "5", url).exitCode() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What the server says first on a new connection. */
    private static String firstLine(String address, int port) throws IOException, InterruptedException {
        return namespace
                .require("timeout", "20", "bash", "-c", "exec 3<>/dev/tcp/" + address + "/" + port + "; head -n 1 <&3")
                .strip();
    }

    /** All that goes to services and outside is redirected, except what the agent itself sends. */
    private static String rules() {
        return """
                table inet signalbox {
                  chain output {
                    type nat hook output priority -100;
                    meta mark %1$d return
                    ip daddr { 10.96.0.0/16, 10.97.0.0/16 } meta l4proto tcp redirect to :%2$d
                    ip6 daddr { fd96::/64, fd97::/64 } meta l4proto tcp redirect to :%2$d
                  }
                }
                """.formatted(MARK, REDIRECT_PORT);
    }

    private static List<InetAddress> addresses(List<String> literals) {
        return literals.stream().map(InetAddress::ofLiteral).toList();
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
