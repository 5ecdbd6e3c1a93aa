package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.loadtest.backend.Certificates;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.HttpConnection;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS that DestinationRules begin on the agent: callers speak clear text, servers demand TLS. */
class TlsOriginationIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private static final Map<String, MeshService<HttpBackend>> SERVICES = new HashMap<>();

    private static Mesh mesh;
    private static Certificates certificates;
    private static Path files;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(TlsOriginationIT.class);
        files = Files.createDirectories(mesh.directory().resolve("certificates"));
        certificates = new Certificates(files)
                .authority("ours")
                .authority("theirs")
                .issue("server", "ours", "pay.bank.example", "*.internal.example")
                .issue("agent", "ours");
        certificates.writeCertificates("ours", files.resolve("ours.pem"));
        certificates.writeCertificates("theirs", files.resolve("theirs.pem"));
        certificates.writeCertificates("theirs", files.resolve("rotated.pem"));
        certificates.writeCertificates("agent", files.resolve("agent.pem"));
        certificates.writeKey("agent", files.resolve("agent-key.pem"));

        String ours = "caCertificates: " + files.resolve("ours.pem");
        String client = "clientCertificate: %s, privateKey: %s, "
                .formatted(files.resolve("agent.pem"), files.resolve("agent-key.pem"));
        add("simple", false, "{mode: SIMPLE, %s, sni: pay.bank.example}".formatted(ours));
        add("by-host", false, "{mode: SIMPLE, %s}".formatted(ours));
        add("named", false, "{mode: SIMPLE, %s, subjectAltNames: [other.example, a.internal.example]}".formatted(ours));
        add("misnamed", false, "{mode: SIMPLE, %s, subjectAltNames: [other.example]}".formatted(ours));
        add(
                "distrusted",
                false,
                "{mode: SIMPLE, caCertificates: %s, sni: pay.bank.example}".formatted(files.resolve("theirs.pem")));
        add("unchecked", false, "{mode: SIMPLE, insecureSkipVerify: true}");
        add("mutual", true, "{mode: MUTUAL, %s%s, sni: pay.bank.example}".formatted(client, ours));
        add("without-certificate", true, "{mode: SIMPLE, %s, sni: pay.bank.example}".formatted(ours));
        add(
                "without-file",
                false,
                "{mode: SIMPLE, caCertificates: %s, sni: pay.bank.example}".formatted(files.resolve("missing.pem")));
        add("clear-text", false, "{mode: DISABLE}");
        add(
                "rotated",
                false,
                "{mode: SIMPLE, caCertificates: %s, sni: pay.bank.example}".formatted(files.resolve("rotated.pem")));
        mesh.start();
        await().atMost(DEADLINE)
                .until(() -> mesh.configService()
                        .rest()
                        .json("/v1/agents")
                        .at("/agents/0/acked")
                        .asBoolean());
    }

    /** A service whose server speaks TLS, and a rule that says how the agent does. */
    private static void add(String name, boolean wantsClient, String tls) throws IOException {
        SERVICES.put(
                name,
                mesh.add(
                        ServiceSpec.of(name, PortProtocol.HTTP),
                        HttpBackend.tls(certificates.server("server", "ours"), wantsClient),
                        1));
        mesh.registry().replace(mesh.registry().directory().resolve("tls-" + name + ".yaml"), """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %1$s, namespace: shop}
                spec: {host: %1$s, trafficPolicy: {tls: %2$s}}
                """.formatted(name, tls));
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"simple, simple, pay.bank.example", "named, named, named", "unchecked, unchecked, unchecked"})
    void aServerThatIsTrustedIsUsed(String service, String host, String sni) throws IOException {
        HttpConnection.Response response = get(service, host);
        assertThat(response.status()).as(response.body()).isEqualTo(200);
        assertThat(response.endpoint()).isEqualTo(service + "-1");
        assertThat(response.headers())
                .containsEntry("x-seen-sni", sni)
                .containsEntry("x-seen-host", host)
                .doesNotContainKey("x-seen-client");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"distrusted", "misnamed", "by-host", "without-file", "without-certificate"})
    void aServerThatIsNotTrustedOrDoesNotTrustGetsNothing(String service) throws IOException {
        HttpConnection.Response response = get(service, service);
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.body()).startsWith("upstream connect error or disconnect/reset before headers");
        assertThat(service(service).backends().getFirst().requests()).isZero();
    }

    @Test
    void aConnectionThatTlsRefusesCountsAsOneThatFailed() throws IOException {
        assertThat(get("distrusted", "distrusted").body()).endsWith("connection failure");
    }

    @Test
    void aServerThatAsksForACertificateIsShownOne() throws IOException {
        HttpConnection.Response response = get("mutual", "mutual");
        assertThat(response.status()).as(response.body()).isEqualTo(200);
        assertThat(response.headers()).containsEntry("x-seen-client", "CN=agent");
    }

    @Test
    void withoutTlsAServerThatWantsItIsSpokenToInClearText() throws IOException {
        assertThat(get("clear-text", "clear-text").status()).isNotEqualTo(200);
        assertThat(service("clear-text").backends().getFirst().requests()).isZero();
    }

    @Test
    void manyRequestsShareAConnection() throws IOException {
        for (int i = 0; i < 20; i++) {
            assertThat(get("simple", "simple").status()).isEqualTo(200);
        }
        InetSocketAddress server = service("simple").backends().getFirst().address();
        assertThat(mesh.agent().admin().metrics().sumBy("signalbox_endpoint_connections_total", "endpoint"))
                .hasEntrySatisfying(
                        server.getHostString() + ":" + server.getPort(),
                        opened -> assertThat(opened)
                                .isBetween(1.0, (double) Runtime.getRuntime().availableProcessors()));
    }

    @Test
    void filesThatChangeAreReadAgain() throws IOException {
        assertThat(get("rotated", "rotated").status()).isEqualTo(503);

        certificates.writeCertificates("ours", files.resolve("rotated.pem"));

        await().atMost(DEADLINE).until(() -> get("rotated", "rotated").status() == 200);
    }

    private static MeshService<HttpBackend> service(String name) {
        return Objects.requireNonNull(SERVICES.get(name), name);
    }

    private static HttpConnection.Response get(String service, String host) throws IOException {
        try (HttpConnection connection = HttpConnection.open(service(service).address())) {
            return connection.get(host, "/", Map.of());
        }
    }
}
