package io.signalbox.configservice;

import static io.signalbox.configservice.testkit.Declarations.service;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.grpc.Status;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.Workload;
import io.signalbox.configservice.identity.ServiceAccount;
import io.signalbox.configservice.testkit.AgentStream;
import io.signalbox.configservice.testkit.FakeAgent;
import io.signalbox.configservice.testkit.TestCluster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas of the whole program in a cluster, with a certificate of their own and agents that show tokens. */
class ClusterReplicasTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews";

    private final TestCluster cluster = new TestCluster();
    private final FakeAgent agent = new FakeAgent();

    @TempDir
    private Path directory;

    private ConfigService first;
    private ConfigService second;

    @BeforeEach
    void start() throws IOException {
        cluster.script(ClusterReplicasTest::review);
        cluster.apply(
                service("shop", "catalog", "10.0.0.1", "http", 80),
                pod("p-1", "node-1", "10.2.0.1"),
                pod("p-2", "node-2", "10.2.0.2"));
        first = replica("replica-0");
        second = replica("replica-1");
        first.start();
        second.start();
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
        cluster.close();
    }

    private ConfigService replica(String name) throws IOException {
        return ConfigService.build(new ServiceConfig(
                new SourceOptions.Kubernetes(cluster.kubeconfig(directory), List.of(), false, ""),
                0,
                InetAddress.getLoopbackAddress(),
                0,
                Optional.empty(),
                InetAddress.getLoopbackAddress(),
                new StreamSecurity(
                        new StreamSecurity.SelfSigned(List.of("127.0.0.1")),
                        new StreamSecurity.TokenProof(
                                "signalbox-config", new ServiceAccount("signalbox", "signalbox-agent"))),
                name,
                "cluster.local",
                "plain",
                "info",
                Duration.ofSeconds(30)));
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

    /** Says that a token is that of the agent on the node that it names. */
    private static @Nullable MockResponse review(RecordedRequest request) {
        if (!TestCluster.path(request).equals(REVIEWS)) {
            return null;
        }
        try {
            JsonNode spec = JSON.readTree(request.getBody().readUtf8()).path("spec");
            return new MockResponse().setResponseCode(201).setBody("""
                    {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {}, "status": {
                      "authenticated": true, "audiences": %s, "user": {
                        "username": "system:serviceaccount:signalbox:signalbox-agent",
                        "extra": {"authentication.kubernetes.io/node-name": ["%s"]}}}}
                    """.formatted(
                            spec.path("audiences"), spec.path("token").asText()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A stream that shows a token of that node and trusts whom the cluster says. */
    private AgentStream open(ConfigService replica, String node) throws Exception {
        return AgentStream.overTls(replica.grpcPort(), trusted(), "Bearer " + node);
    }

    private X509Certificate trusted() throws Exception {
        String ca = cluster.get("/api/v1/namespaces/signalbox/configmaps/signalbox-config-ca")
                .path("data")
                .path("ca.crt")
                .asText();
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(ca.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void whatOneReplicaToldTheOtherNeedNotTellAgain() throws Exception {
        try (AgentStream stream = open(first, "node-1").hello("node-1", agent)) {
            Push push = stream.nextPush();
            assertThat(push.getWorkloads().getWorkloadsList())
                    .extracting(Workload::getName)
                    .containsExactly("p-1");
            agent.apply(push);
            stream.ack(push);
        }
        try (AgentStream stream = open(second, "node-1").hello("node-1", agent)) {
            Push push = stream.nextPush();
            assertThat(push.getPortUpdatesList()).isEmpty();
            assertThat(push.hasWorkloads()).isFalse();
            stream.ack(push);

            cluster.apply(service("shop", "queue", "10.0.0.2", "tcp", 5672));
            assertThat(stream.nextPush().getPortUpdatesList())
                    .singleElement()
                    .satisfies(update -> assertThat(update.getPort()).isEqualTo(5672));
        }
    }

    @Test
    void anAgentWithAnotherNodesTokenGetsNothing() throws Exception {
        try (AgentStream stream = open(second, "node-2").hello("node-1", agent)) {
            assertThat(stream.end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(stream.pending()).isEmpty();
        }
    }

    @Test
    void aReplicaWithoutTheApiServerServesOnButTakesNobodyOver() throws Exception {
        X509Certificate trusted = trusted();
        try (AgentStream stream = open(first, "node-1").hello("node-1", agent);
                AgentStream held = open(first, "node-2").hello("node-2", new FakeAgent())) {
            Push push = stream.nextPush();
            agent.apply(push);
            stream.ack(push);
            held.ack(held.nextPush());
            try (AgentStream early = open(second, "node-1").hello("node-1", agent)) {
                // From now on, the second replica knows the token without asking.
                early.nextPush();
            }
            cluster.stop();
            Awaitility.await().until(() -> syncedKinds(second) == 0);

            try (AgentStream late = AgentStream.overTls(second.grpcPort(), trusted, "Bearer node-1")
                    .hello("node-1", agent)) {
                assertThat(late.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(late.end().getDescription()).contains("sees no changes");
            }

            cluster.restart();
            Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> syncedKinds(second) > 0);
            cluster.apply(service("shop", "queue", "10.0.0.2", "tcp", 5672));
            assertThat(stream.nextPush().getPortUpdates(0).getPort()).isEqualTo(5672);
            assertThat(held.nextPush().getPortUpdates(0).getPort()).isEqualTo(5672);
        }
    }

    /** Kinds of objects that the replica follows at the moment. */
    private static double syncedKinds(ConfigService replica) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + replica.httpPort() + "/metrics");
            String metrics = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            String name = "signalbox_config_source_part{state=\"synced\"} ";
            return metrics.lines()
                    .filter(line -> line.startsWith(name))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                    .sum();
        }
    }
}
