package io.signalbox.configservice;

import static io.signalbox.configservice.testkit.Declarations.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.configservice.testkit.AgentStream;
import io.signalbox.configservice.testkit.FakeAgent;
import io.signalbox.configservice.testkit.TestService;
import io.signalbox.configservice.tls.CertificateAuthority;
import io.signalbox.configservice.tls.ServingCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program with TLS on real sockets. */
class SecureStreamTest {
    private final CertificateAuthority ca = authority();
    private final FakeAgent agent = new FakeAgent();

    @TempDir
    private Path registry;

    @TempDir
    private Path secret;

    private ConfigService service;

    private static CertificateAuthority authority() {
        return CertificateAuthority.create("test", Instant.now(), Duration.ofDays(1));
    }

    @BeforeEach
    void start() throws IOException {
        TestService.write(registry, "catalog.yaml", service("shop", "catalog", "10.0.0.1", "http", 80));
        serve(ca);
        service = ConfigService.build(config());
        service.start();
    }

    private ServiceConfig config() {
        return new ServiceConfig(
                new SourceOptions.Files(registry),
                0,
                InetAddress.getLoopbackAddress(),
                0,
                Optional.of(0),
                InetAddress.getLoopbackAddress(),
                new StreamSecurity(new StreamSecurity.TlsFiles(secret.resolve("tls.crt"), secret.resolve("tls.key"))),
                "replica-0",
                "cluster.local",
                "plain",
                "info",
                Duration.ofSeconds(30));
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private void serve(CertificateAuthority issuer) throws IOException {
        ServingCertificate certificate = issuer.issue(List.of("127.0.0.1"), Instant.now(), Duration.ofHours(1));
        Files.writeString(secret.resolve("tls.crt"), certificate.chainPem());
        Files.writeString(secret.resolve("tls.key"), certificate.keyPem());
    }

    private AgentStream open(CertificateAuthority trusted) throws IOException {
        return AgentStream.overTls(service.grpcPort(), trusted.certificate(), "");
    }

    @Test
    void aNewCertificateIsTakenWhileStreamsGoOn() throws Exception {
        CertificateAuthority next = authority();
        try (AgentStream old = open(ca).hello("node-1", agent)) {
            old.ack(old.nextPush());
            serve(next);

            Awaitility.await().untilAsserted(() -> {
                try (AgentStream attempt = open(next).hello("node-2", new FakeAgent())) {
                    assertThat(attempt.nextPush().getPortUpdatesList()).hasSize(1);
                }
            });
            TestService.write(registry, "queue.yaml", service("shop", "queue", "10.0.0.2", "tcp", 5672));
            assertThat(old.nextPush().getPortUpdates(0).getPort()).isEqualTo(5672);
        }
    }

    @Test
    void whoDoesNotSpeakTlsGetsNothing() throws Exception {
        try (AgentStream plain = new AgentStream(service.grpcPort()).hello("node-1", agent)) {
            assertThat(plain.end().isOk()).isFalse();
            assertThat(plain.pending()).isEmpty();
        }
    }

    @Test
    void theHealthPortShowsHealthAndMetricsButNotTheApi() throws Exception {
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(get("/metrics").body()).contains("signalbox_");
        assertThat(get("/v1/agents").statusCode()).isEqualTo(404);
        assertThat(get("/v1/agents").body()).contains("only health and metrics");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + service.healthPort() + path);
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void aCertificateThatCannotBeUsedIsAStartFailure() throws IOException {
        Files.writeString(secret.resolve("tls.key"), "");
        try (ConfigService other = ConfigService.build(config())) {
            assertThatThrownBy(other::start).isInstanceOf(StartException.class).hasMessageContaining("no private key");
        }
    }
}
