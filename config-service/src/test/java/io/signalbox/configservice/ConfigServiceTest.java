package io.signalbox.configservice;

import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.signalbox.config.v1.Nack;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.RefusalKind;
import io.signalbox.config.v1.RefusedPort;
import io.signalbox.config.v1.StreamConfigResponse;
import io.signalbox.configservice.testkit.AgentStream;
import io.signalbox.configservice.testkit.FakeAgent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole program on real sockets and files: what agents are sent, and what the API says. */
class ConfigServiceTest {
    private static final Duration HEARTBEAT = Duration.ofMillis(200);

    @TempDir
    private Path registry;

    private ConfigService service;
    private final HttpClient http = HttpClient.newHttpClient();
    private final FakeAgent agent = new FakeAgent();

    @BeforeEach
    void startWithTwoPorts() throws IOException {
        write("catalog.yaml", service("shop", "catalog", "10.0.0.1", "http", 80), catalogSlice("10.1.0.1"));
        write("queue.yaml", service("shop", "queue", "10.0.0.2", "tcp", 5672));
        service = ConfigService.build(config(0));
        service.start();
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private ServiceConfig config(int httpPort) {
        return new ServiceConfig(
                new SourceOptions.Files(registry),
                httpPort,
                InetAddress.getLoopbackAddress(),
                0,
                Optional.of(0),
                InetAddress.getLoopbackAddress(),
                StreamSecurity.insecure(),
                "replica-0",
                "cluster.local",
                "plain",
                "info",
                HEARTBEAT);
    }

    private static String catalogSlice(String... addresses) {
        return slice("shop", "catalog", "http", 8080, addresses);
    }

    /** Writes beside and renames, as tools that mean it do. */
    private void write(String file, String... documents) throws IOException {
        Path temporary = registry.resolve("." + file + ".tmp");
        Files.writeString(temporary, String.join("---\n", documents));
        Files.move(temporary, registry.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    private AgentStream open() {
        return new AgentStream(service.grpcPort());
    }

    private Push applyNext(AgentStream stream) throws InterruptedException {
        Push push = stream.nextPush();
        agent.apply(push);
        stream.ack(push);
        return push;
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path);
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.httpPort() + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void welcomesThenSendsEverythingInFull() throws Exception {
        try (AgentStream stream = open().hello("node-1", agent)) {
            StreamConfigResponse welcome = stream.next();
            assertThat(welcome.getWelcome().getHeartbeatIntervalMillis()).isEqualTo(200);
            assertThat(welcome.getWelcome().getHeartbeatDeadlineMillis()).isEqualTo(600);

            Push push = applyNext(stream);

            assertThat(push.getPortUpdatesList()).allMatch(update -> update.hasFull());
            assertThat(agent.versions()).containsOnlyKeys(80, 5672);
        }
    }

    @Test
    void sendsADeltaOfTheChangedPortAlone() throws Exception {
        try (AgentStream stream = open().hello("node-1", agent)) {
            applyNext(stream);
            String queueVersion = agent.version(5672);

            write(
                    "catalog.yaml",
                    service("shop", "catalog", "10.0.0.1", "http", 80),
                    catalogSlice("10.1.0.1", "10.1.0.2"));
            Push push = applyNext(stream);

            assertThat(push.getPortUpdatesList()).singleElement().satisfies(update -> {
                assertThat(update.getPort()).isEqualTo(80);
                assertThat(update.hasDelta()).isTrue();
                assertThat(update.getDelta().getUpsertedList())
                        .singleElement()
                        .satisfies(resource -> assertThat(resource.getBackend().getEndpointsCount())
                                .isEqualTo(2));
            });
            assertThat(agent.versions()).containsEntry(5672, queueVersion);
        }
    }

    @Test
    void sendsNothingForAChangeThatChangesNoContent() throws Exception {
        try (AgentStream stream = open().hello("node-1", agent)) {
            applyNext(stream);
            write(
                    "catalog.yaml",
                    "# a comment\n" + service("shop", "catalog", "10.0.0.1", "http", 80),
                    catalogSlice("10.1.0.1"));
            write("new.yaml", service("shop", "new", "10.0.0.9", "tcp", 7000));

            assertThat(applyNext(stream).getPortUpdatesList())
                    .singleElement()
                    .satisfies(update -> assertThat(update.getPort()).isEqualTo(7000));
        }
    }

    @Test
    void tellsOfPortsThatAreGone() throws Exception {
        try (AgentStream stream = open().hello("node-1", agent)) {
            applyNext(stream);
            Files.delete(registry.resolve("queue.yaml"));

            assertThat(applyNext(stream).getRemovedPortsList()).containsExactly(5672);
            assertThat(agent.versions()).containsOnlyKeys(80);
        }
    }

    @Test
    void aReconnectedAgentGetsOnlyWhatChangedMeanwhile() throws Exception {
        try (AgentStream stream = open().hello("node-1", agent)) {
            applyNext(stream);
        }
        write("catalog.yaml", service("shop", "catalog", "10.0.0.1", "http", 80), catalogSlice("10.1.0.7"));
        Awaitility.await().until(() -> get("/v1/ports/80").body().contains("10.1.0.7"));

        try (AgentStream stream = open().hello("node-1", agent)) {
            assertThat(applyNext(stream).getPortUpdatesList())
                    .singleElement()
                    .satisfies(update -> assertThat(update.hasDelta()).isTrue());
        }
    }

    @Test
    void whatChangesWhileAPushIsUnansweredBecomesOnePushOfTheNewestState() throws Exception {
        try (AgentStream stream = open().hello("node-1", agent)) {
            Push first = stream.nextPush();
            agent.apply(first);
            for (int i = 1; i <= 3; i++) {
                String address = "10.1.0." + (10 + i);
                write("catalog.yaml", service("shop", "catalog", "10.0.0.1", "http", 80), catalogSlice(address));
                Awaitility.await().until(() -> get("/v1/ports/80").body().contains(address));
            }
            assertThat(stream.pending()).noneMatch(StreamConfigResponse::hasPush);
            stream.ack(first);

            applyNext(stream);

            assertThat(get("/v1/ports/80").body()).contains(agent.version(80));
        }
    }

    @Test
    void aDeltaThatDoesNotFitIsSentInFull() throws Exception {
        try (AgentStream stream = open().hello("node-1", agent)) {
            applyNext(stream);
            String heldVersion = agent.version(80);
            write("catalog.yaml", service("shop", "catalog", "10.0.0.1", "http", 80), catalogSlice("10.1.0.3"));
            Push delta = stream.nextPush();

            stream.nack(refusal(delta, RefusalKind.REFUSAL_KIND_DELTA_MISMATCH, heldVersion));

            assertThat(applyNext(stream).getPortUpdatesList())
                    .singleElement()
                    .satisfies(update -> assertThat(update.hasFull()).isTrue());
        }
    }

    @Test
    void refusedContentIsNotSentAgainUntilItChanges() throws Exception {
        try (AgentStream stream = open().hello("node-1", agent)) {
            applyNext(stream);
            String heldVersion = agent.version(80);
            write("catalog.yaml", service("shop", "catalog", "10.0.0.1", "http", 80), catalogSlice("10.1.0.3"));
            stream.nack(refusal(stream.nextPush(), RefusalKind.REFUSAL_KIND_INVALID_CONTENT, heldVersion));
            Awaitility.await()
                    .untilAsserted(() -> assertThat(get("/v1/agents").body())
                            .contains("\"refused_reason\" : \"the test refuses\"")
                            .contains("\"nacks\" : 1"));

            write("queue.yaml", service("shop", "queue", "10.0.0.3", "tcp", 5672));
            assertThat(applyNext(stream).getPortUpdatesList())
                    .singleElement()
                    .satisfies(update -> assertThat(update.getPort()).isEqualTo(5672));

            write("catalog.yaml", service("shop", "catalog", "10.0.0.1", "http", 80), catalogSlice("10.1.0.4"));
            assertThat(applyNext(stream).getPortUpdatesList())
                    .singleElement()
                    .satisfies(update -> assertThat(update.getPort()).isEqualTo(80));
        }
    }

    private static Nack refusal(Push push, RefusalKind kind, String heldVersion) {
        return Nack.newBuilder()
                .setNonce(push.getNonce())
                .addRefusedPorts(RefusedPort.newBuilder()
                        .setPort(80)
                        .setVersion(push.getPortUpdates(0).getDelta().getVersion())
                        .setReason("the test refuses")
                        .setKind(kind)
                        .setHeldVersion(heldVersion))
                .build();
    }

    @Test
    void sendsTheWorkloadsOfTheNodeAndOfNoOther() throws Exception {
        write("pods.yaml", pod("p-1", "node-1", "10.2.0.1"), pod("p-2", "node-2", "10.2.0.2"));
        Awaitility.await().until(() -> get("/metrics").body().contains("object_active{kind=\"Pod\"} 2.0"));
        try (AgentStream stream = open().hello("node-1", agent)) {
            assertThat(applyNext(stream).getWorkloads().getWorkloadsList())
                    .singleElement()
                    .satisfies(workload -> assertThat(workload.getName()).isEqualTo("p-1"));

            Files.delete(registry.resolve("pods.yaml"));
            Push push = applyNext(stream);
            assertThat(push.hasWorkloads()).isTrue();
            assertThat(push.getWorkloads().getWorkloadsList()).isEmpty();
        }
    }

    private static String pod(String name, String node, String address) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: shop, labels: {app: storefront}}
                spec: {nodeName: %s, serviceAccountName: storefront}
                status: {phase: Running, podIP: %s}
                """.formatted(name, node, address);
    }

    @Test
    void aSecondStreamOfANodeReplacesTheFirst() throws Exception {
        try (AgentStream first = open().hello("node-1", agent)) {
            applyNext(first);
            try (AgentStream second = open().hello("node-1", agent)) {
                assertThat(second.next().hasWelcome()).isTrue();
                assertThat(first.end().getCode()).isEqualTo(Status.Code.ABORTED);
            }
        }
    }

    @Test
    void endsTheStreamOfAnAgentThatSaysNothing() throws Exception {
        try (AgentStream stream = open().hello("node-1", agent)) {
            applyNext(stream);

            assertThat(stream.end().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(get("/v1/agents").body()).doesNotContain("node-1");
        }
    }

    @Test
    void keepsTheStreamOfAnAgentThatAnswersHeartbeats() throws Exception {
        try (AgentStream stream = open().hello("node-1", agent)) {
            applyNext(stream);
            for (int i = 0; i < 10; i++) {
                assertThat(stream.next().hasHeartbeat()).isTrue();
                stream.heartbeat();
            }
            assertThat(get("/v1/agents").body()).contains("\"node\" : \"node-1\"");
        }
    }

    @Test
    void refusesAnAgentWithoutAName() throws Exception {
        try (AgentStream stream = open().hello("", agent)) {
            Status end = stream.end();
            assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(end.getDescription()).contains("hello.node");
        }
    }

    @Test
    void refusesAStreamThatBeginsWithoutHello() throws Exception {
        try (AgentStream stream = open()) {
            stream.heartbeat();
            assertThat(stream.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void sendsABigSnapshotInPushesThatAgentsCanTake() throws Exception {
        StringBuilder yaml = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            String[] addresses = new String[1000];
            for (int j = 0; j < addresses.length; j++) {
                addresses[j] = "fd00::" + Integer.toHexString(i + 1) + ":" + Integer.toHexString(j);
            }
            yaml.append(service("big", "s" + i, "10.9.0." + (i + 1), "tcp", 20_000 + i / 8))
                    .append("---\n");
            yaml.append(slice("big", "s" + i, "tcp", 1, addresses)).append("---\n");
        }
        write("big.yaml", yaml.toString());
        Awaitility.await().until(() -> get("/v1/ports/20004").statusCode() == 200);
        try (AgentStream stream = open().hello("node-1", agent)) {
            while (agent.versions().size() < 7) {
                applyNext(stream);
            }
            assertThat(agent.versions()).containsKeys(20_000, 20_004, 80);
        }
    }

    @Test
    void aBrokenFileIsReportedAndWhatItHeldStays() throws Exception {
        try (AgentStream stream = open().hello("node-1", agent)) {
            applyNext(stream);
            write("catalog.yaml", service("shop", "catalog", "10.0.0.1", "http", 80), "kind: [Service\n");
            write("queue.yaml", service("shop", "queue", "10.0.0.2", "tcp", 5673));

            Push push = applyNext(stream);

            assertThat(push.getRemovedPortsList()).containsExactly(5672);
            assertThat(agent.versions()).containsOnlyKeys(80, 5673);
            assertThat(get("/v1/ports/80").body()).contains("10.1.0.1");
            assertThat(get("/v1/problems").body())
                    .contains("\"file\" : \"catalog.yaml\"", "\"document\" : 1", "is no YAML at line");
        }
    }

    @ParameterizedTest(name = "{0} {1} is answered {2}")
    @CsvSource({
        "GET, /v1/ports, 200, application/json",
        "GET, /v1/ports/80, 200, application/json",
        "GET, /v1/services, 200, application/json",
        "GET, /v1/agents, 200, application/json",
        "GET, /v1/problems, 200, application/json",
        "GET, /health/live, 200, application/json",
        "GET, /health/ready, 200, application/json",
        "GET, /metrics, 200, text/plain",
        "GET, /v1/ports/81, 404, application/problem+json",
        "GET, /v1/nothing, 404, application/problem+json",
        "GET, /v1/ports/http, 400, application/problem+json",
        "GET, /v1/ports/65536, 400, application/problem+json",
        "POST, /v1/ports, 405, application/problem+json",
        "DELETE, /v1/ports/80, 405, application/problem+json",
    })
    void answers(String method, String path, int status, String mediaType) throws Exception {
        HttpResponse<String> response = send(method, path);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith(mediaType);
        if (status >= 400) {
            assertThat(response.body()).contains("\"status\" : " + status, "\"instance\" : \"" + path + "\"");
        }
    }

    @Test
    void aMalformedRequestGetsAProblemDocumentToo() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.httpPort())) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nno header\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 400")
                    .contains("application/problem+json");
        }
    }

    @Test
    void showsWhoHoldsWhat() throws Exception {
        try (AgentStream stream = open().hello("node-1", agent)) {
            applyNext(stream);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(get("/v1/agents").body())
                            .contains("\"acks\" : 1", "\"zone\" : \"zone-a\"", "\"acked\" : true")
                            .contains("\"held_version\" : \"" + agent.version(80) + "\""));
            assertThat(get("/metrics").body())
                    .contains("signalbox_config_agent_connected 1.0", "signalbox_config_ack_total 1.0");
        }
    }

    @Test
    void aPortInUseIsSaidInOneLine() {
        try (ConfigService second = ConfigService.build(config(service.httpPort()))) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + service.httpPort())
                    .hasMessageContaining("--http-port");
        }
    }
}
