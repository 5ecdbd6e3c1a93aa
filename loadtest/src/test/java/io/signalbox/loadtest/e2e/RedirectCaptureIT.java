package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.harness.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Capture as on a node: nftables redirects what goes to service addresses, and SO_ORIGINAL_DST tells the agent where
 * to. Service addresses belong to nobody; "outside" is a server that no service names.
 */
class RedirectCaptureIT {
    private static final String OUTSIDE = "10.97.0.1";
    private static final String OUTSIDE_V6 = "fd97::1";
    private static final String ROUND_ROBIN = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: in-turn, namespace: shop}
            spec: {host: "*.shop.svc.cluster.local", trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}
            """;

    private static CapturedNode node;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        node = CapturedNode.create(RedirectCaptureIT.class);
        for (int i = 1; i <= 3; i++) {
            node.backend("--http", "catalog-" + i, "10.98.0." + i + ":8080")
                    .backend("--banner", "ledger-" + i, "10.98.0." + i + ":7777")
                    .backend("--grpc", "orders-" + i, "10.98.0." + i + ":8181");
        }
        node.backend("--http", "six-1", "[fd98::1]:8080").backend("--http", "six-2", "[fd98::2]:8080");
        for (String address : Set.of(OUTSIDE, "[" + OUTSIDE_V6 + "]")) {
            node.backend("--http", "outside-http", address + ":80").backend("--banner", "outside", address + ":9000");
        }
        String[] endpoints = {"10.98.0.1 v1", "10.98.0.2 v1", "10.98.0.3 v1"};
        node.write(
                "registry.yaml",
                Manifests.all(
                        Manifests.service("shop", "catalog", "10.96.0.10", "http", 80),
                        Manifests.endpoints("shop", "catalog", "http", 8080, endpoints),
                        Manifests.service("shop", "catalog-six", "fd96::10", "http", 80),
                        Manifests.endpoints("shop", "catalog-six", "http", 8080, "fd98::1 v1", "fd98::2 v1"),
                        Manifests.service("shop", "ledger", "10.96.0.11", "tcp", 7000),
                        Manifests.endpoints("shop", "ledger", "tcp", 7777, endpoints),
                        Manifests.service("shop", "orders", "10.96.0.12", "grpc", 81),
                        Manifests.endpoints("shop", "orders", "grpc", 8181, endpoints),
                        ROUND_ROBIN));
        node.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (node != null) {
            node.close();
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
            node.run("curl", "-sS", "--max-time", "20", "-H", "Host: " + host, url, url)
                    .output()
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
        Path message = Files.write(node.directory().resolve("message"), new byte[5]);
        Set<String> endpoints = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            String output = node.curl(
                            "--http2-prior-knowledge",
                            "-H",
                            "content-type: application/grpc",
                            "-H",
                            "te: trailers",
                            "--data-binary",
                            "@" + message,
                            "-o",
                            "-",
                            "http://10.96.0.12:81/signalbox.loadtest.v1.EchoService/Unary")
                    .output();
            assertThat(output).contains("HTTP/2 200", "grpc-status: 0");
            output.lines()
                    .filter(line -> line.startsWith("x-endpoint: orders-"))
                    .forEach(endpoints::add);
        }
        assertThat(endpoints).hasSize(3);
    }

    @Test
    void forwardsRedirectedTcp() throws IOException, InterruptedException {
        assertThat(node.firstLine(CapturedNode.SHOP, "10.96.0.11", 7000)).startsWith("ledger-");
    }

    @Test
    void passesUnmatchedTcpToItsDestination() throws IOException, InterruptedException {
        assertThat(node.firstLine(CapturedNode.SHOP, OUTSIDE, 9000)).isEqualTo("outside");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({OUTSIDE, "[" + OUTSIDE_V6 + "]"})
    void passesUnknownHostsToTheirDestination(String address) throws IOException, InterruptedException {
        String output = node.run(
                        "curl", "-sSi", "--max-time", "20", "-H", "Host: outside.example", "http://" + address + ":80/")
                .output();

        assertThat(output)
                .containsIgnoringCase("x-endpoint: outside-http")
                .containsIgnoringCase("x-seen-host: outside.example");
        // Passed through untouched: nobody has put itself into the trace.
        assertThat(output).doesNotContainIgnoringCase("x-seen-traceparent");
    }

    @Test
    void takesAKnownHostWhateverTheDestination() throws IOException, InterruptedException {
        assertThat(node.curl("-H", "Host: catalog.shop", "http://" + OUTSIDE + ":80/")
                        .output())
                .containsIgnoringCase("x-endpoint: catalog-");
    }
}
