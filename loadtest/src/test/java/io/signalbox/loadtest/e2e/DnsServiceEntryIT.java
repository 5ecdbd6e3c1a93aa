package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.loadtest.backend.Backend;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.backend.TcpBackend;
import io.signalbox.loadtest.harness.FreePorts;
import io.signalbox.loadtest.harness.HttpConnection;
import io.signalbox.loadtest.harness.Mesh;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** ServiceEntries whose addresses the agent asks a DNS server for. Every test has a name of its own. */
class DnsServiceEntryIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final String ONE = "127.2.200.1";
    private static final String TWO = "127.2.200.2";

    private static final List<Backend> BACKENDS = new ArrayList<>();

    private static DnsServer dns;
    private static Mesh mesh;
    private static int port;

    @BeforeAll
    static void start() throws IOException {
        dns = new DnsServer();
        mesh = TestMesh.create(DnsServiceEntryIT.class);
        mesh.withAgentEnvironment(Map.of("SIGNALBOX_DNS_SERVERS", dns.address()));
        port = FreePorts.next();
        int httpTarget = FreePorts.next();
        int tcpTarget = FreePorts.next();
        for (Map.Entry<String, String> each : Map.of("one", ONE, "two", TWO).entrySet()) {
            InetAddress address = InetAddress.ofLiteral(each.getValue());
            BACKENDS.add(HttpBackend.start(each.getKey(), new InetSocketAddress(address, httpTarget)));
            BACKENDS.add(TcpBackend.starter(TcpBackend.Mode.BANNER)
                    .start(each.getKey(), new InetSocketAddress(address, tcpTarget)));
        }
        dns.say("moving.example", ONE);
        dns.say("both.example", ONE, TWO);
        dns.say("kept.example", ONE);
        dns.say("gone.example", ONE);
        dns.say("a.endpoint.example", ONE);
        dns.say("b.endpoint.example", TWO);
        dns.say("rotating.example", ONE, TWO);
        dns.say("switched.example", ONE);
        mesh.registry()
                .replace(
                        mesh.registry().directory().resolve("entries.yaml"),
                        Manifests.all(
                                entry("moving", "127.1.200.1", "DNS", "HTTP", httpTarget, ""),
                                entry("both", "127.1.200.2", "DNS", "HTTP", httpTarget, ""),
                                entry("kept", "127.1.200.3", "DNS", "HTTP", httpTarget, ""),
                                entry("gone", "127.1.200.4", "DNS", "HTTP", httpTarget, ""),
                                entry(
                                        "named",
                                        "127.1.200.5",
                                        "DNS",
                                        "HTTP",
                                        httpTarget,
                                        "endpoints: [{address: a.endpoint.example}, {address: b.endpoint.example}]"),
                                entry("late", "127.1.200.6", "DNS", "HTTP", httpTarget, ""),
                                entry("rotating", "127.1.200.7", "DNS_ROUND_ROBIN", "TCP", tcpTarget, ""),
                                entry("switched", "127.1.200.8", "DNS_ROUND_ROBIN", "TCP", tcpTarget, "")));
        mesh.start();
        await().atMost(DEADLINE)
                .until(() -> mesh.configService()
                        .rest()
                        .json("/v1/agents")
                        .at("/agents/0/acked")
                        .asBoolean());
    }

    @AfterAll
    static void stop() {
        mesh.close();
        BACKENDS.forEach(Backend::close);
        dns.close();
    }

    private static String entry(
            String name, String address, String resolution, String protocol, int targetPort, String more) {
        return """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: %1$s, namespace: shop}
                spec:
                  hosts: [%1$s.example]
                  addresses: [%2$s]
                  resolution: %3$s
                  ports: [{number: %4$d, name: main, protocol: %5$s, targetPort: %6$d}]
                  %7$s
                """.formatted(name, address, resolution, port, protocol, targetPort, more)
                        .stripTrailing() + "\n";
    }

    @Test
    void anAnswerThatChangesIsFollowed() {
        awaitAnswerers("moving", "127.1.200.1", Set.of("one"));
        dns.say("moving.example", TWO);
        awaitAnswerers("moving", "127.1.200.1", Set.of("two"));
        dns.say("moving.example", ONE, TWO);
        awaitAnswerers("moving", "127.1.200.1", Set.of("one", "two"));
    }

    @Test
    void allAddressesOfANameAreUsed() {
        awaitAnswerers("both", "127.1.200.2", Set.of("one", "two"));
    }

    @Test
    void theNamesOfEndpointsAreAskedForWhereThereAreAny() {
        awaitAnswerers("named", "127.1.200.5", Set.of("one", "two"));
    }

    @Test
    void theLastGoodAnswerIsKeptWhileTheServerSaysNothing() {
        awaitAnswerers("kept", "127.1.200.3", Set.of("one"));
        double failures = failures();
        dns.beSilent(true);
        try {
            await().atMost(DEADLINE).until(() -> failures() >= failures + 2);
            assertThat(answerers("kept", "127.1.200.3")).containsExactly("one");
        } finally {
            dns.beSilent(false);
        }
        dns.say("kept.example", TWO);
        awaitAnswerers("kept", "127.1.200.3", Set.of("two"));
    }

    @Test
    void theLastGoodAnswerIsKeptWhenTheNameIsGone() {
        awaitAnswerers("gone", "127.1.200.4", Set.of("one"));
        double failures = failures();
        dns.say("gone.example");
        await().atMost(DEADLINE).until(() -> failures() > failures);
        assertThat(answerers("gone", "127.1.200.4")).containsExactly("one");
    }

    @Test
    void aNameWithoutAnAnswerYetHasNoEndpoints() throws IOException {
        assertThat(get("late", "127.1.200.6").status()).isEqualTo(503);
        assertThat(get("late", "127.1.200.6").body()).isEqualTo("no healthy upstream");
        dns.say("late.example", TWO);
        awaitAnswerers("late", "127.1.200.6", Set.of("two"));
    }

    @Test
    void roundRobinUsesOneAddressAtATime() throws IOException {
        await().atMost(DEADLINE)
                .ignoreExceptions()
                .until(() -> !firstLine("127.1.200.7").isEmpty());
        for (int i = 0; i < 10; i++) {
            assertThat(firstLine("127.1.200.7")).isEqualTo("one");
        }
    }

    @Test
    void roundRobinKeepsConnectionsThatAreOpen() throws IOException {
        await().atMost(DEADLINE)
                .ignoreExceptions()
                .until(() -> firstLine("127.1.200.8").equals("one"));
        try (Socket open = new Socket(InetAddress.ofLiteral("127.1.200.8"), port)) {
            BufferedReader lines = reader(open);
            assertThat(lines.readLine()).isEqualTo("one");
            dns.say("switched.example", TWO);
            await().atMost(DEADLINE)
                    .ignoreExceptions()
                    .until(() -> firstLine("127.1.200.8").equals("two"));

            open.getOutputStream().write("still here\n".getBytes(StandardCharsets.UTF_8));

            assertThat(lines.readLine()).isEqualTo("still here");
        }
    }

    private static double failures() {
        return mesh.agent().admin().metrics().sum("signalbox_dns_failures_total");
    }

    private static void awaitAnswerers(String name, String address, Set<String> expected) {
        await().atMost(DEADLINE).until(() -> answerers(name, address), expected::equals);
    }

    /** Who answers ten requests. */
    private static Set<String> answerers(String name, String address) {
        Set<String> endpoints = new TreeSet<>();
        for (int i = 0; i < 10; i++) {
            try {
                endpoints.add(get(name, address).endpoint());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return endpoints;
    }

    private static HttpConnection.Response get(String name, String address) throws IOException {
        try (HttpConnection connection =
                HttpConnection.open(new InetSocketAddress(InetAddress.ofLiteral(address), port))) {
            return connection.get(name + ".example", "/");
        }
    }

    private static String firstLine(String address) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral(address), port)) {
            String line = reader(socket).readLine();
            return line == null ? "" : line;
        }
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }
}
