package io.signalbox.configservice;

import static io.signalbox.configservice.testkit.Declarations.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.Workload;
import io.signalbox.configservice.identity.ServiceAccount;
import io.signalbox.configservice.identity.TokenAuthentication;
import io.signalbox.configservice.testkit.AgentStream;
import io.signalbox.configservice.testkit.FakeAgent;
import io.signalbox.configservice.testkit.FakeCluster;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
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

    private final FakeCluster cluster = new FakeCluster();
    private ConfigService service;

    private static CertificateAuthority authority() {
        return CertificateAuthority.create("test", Instant.now(), Duration.ofDays(1));
    }

    @BeforeEach
    void start() throws IOException {
        TestService.write(registry, "catalog.yaml", service("shop", "catalog", "10.0.0.1", "http", 80));
        TestService.write(registry, "pods.yaml", pod("p-1", "node-1", "10.2.0.1"), pod("p-2", "node-2", "10.2.0.2"));
        serve(ca);
        service = ConfigService.build(
                config(),
                new TokenAuthentication(
                        cluster,
                        "signalbox-config",
                        new ServiceAccount("signalbox", "signalbox-agent"),
                        InstantSource.system(),
                        System::nanoTime));
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
                new StreamSecurity(
                        new StreamSecurity.TlsFiles(secret.resolve("tls.crt"), secret.resolve("tls.key")),
                        new StreamSecurity.NoProof()),
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

    /** A stream with the token of that node's agent. */
    private AgentStream open(CertificateAuthority trusted, String node) throws IOException {
        cluster.accept(
                "token-of-" + node,
                FakeCluster.review(
                        "system:serviceaccount:signalbox:signalbox-agent",
                        Map.of("authentication.kubernetes.io/node-name", node)));
        return AgentStream.overTls(service.grpcPort(), trusted.certificate(), "Bearer token-of-" + node);
    }

    @Test
    void aNodeGetsItsOwnWorkloadsAndNoOthers() throws Exception {
        try (AgentStream stream = open(ca, "node-1").hello("node-1", agent)) {
            assertThat(stream.nextPush().getWorkloads().getWorkloadsList())
                    .extracting(Workload::getName)
                    .containsExactly("p-1");
        }
        try (AgentStream stream = open(ca, "node-1").hello("node-2", agent)) {
            assertThat(stream.end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(stream.end().getDescription()).contains("hello.node: node-2 (expected: node-1");
            assertThat(stream.pending()).isEmpty();
        }
    }

    private static String pod(String name, String node, String address) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {namespace: shop, name: %s}
                spec: {nodeName: %s}
                status: {phase: Running, podIP: %s, podIPs: [{ip: %s}]}
                """.formatted(name, node, address, address);
    }

    @Test
    void aReplicaThatSeesNoChangesLetsNobodyInWhoMayKnowMore() throws Exception {
        try (AgentStream stream = open(ca, "node-1").hello("node-1", agent)) {
            Push push = stream.nextPush();
            agent.apply(push);
            stream.ack(push);
        }
        Path away = Files.move(registry, secret.resolve("away"));
        Awaitility.await().until(() -> get("/metrics").body().contains("part{state=\"failing\"} 1.0"));
        try (AgentStream stream = open(ca, "node-1").hello("node-1", agent)) {
            assertThat(stream.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(stream.end().getDescription()).contains("sees no changes");
        }
        try (AgentStream stream = open(ca, "node-2").hello("node-2", new FakeAgent())) {
            assertThat(stream.nextPush().getPortUpdatesList()).hasSize(1);
        }
        Files.move(away, registry);
    }

    @Test
    void whoShowsNoTokenGetsNothing() throws Exception {
        try (AgentStream stream =
                AgentStream.overTls(service.grpcPort(), ca.certificate(), "").hello("node-1", agent)) {
            assertThat(stream.end().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(stream.end().getDescription()).contains("--config-service-token");
            assertThat(stream.pending()).isEmpty();
        }
    }

    @Test
    void aNewCertificateIsTakenWhileStreamsGoOn() throws Exception {
        CertificateAuthority next = authority();
        try (AgentStream old = open(ca, "node-1").hello("node-1", agent)) {
            old.ack(old.nextPush());
            serve(next);

            Awaitility.await().untilAsserted(() -> {
                try (AgentStream attempt = open(next, "node-2").hello("node-2", new FakeAgent())) {
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
