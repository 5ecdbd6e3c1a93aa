package io.signalbox.agent.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.capture.pods.PodReport;
import io.signalbox.agent.capture.rules.FailureMode;
import io.signalbox.agent.config.ConfigStats;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Snapshot;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.proxy.ConnectionReport;
import io.signalbox.agent.upstream.BackendReport;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminServerTest {
    private final FakeAgent agent = new FakeAgent();
    private final AdminServer server = new AdminServer(agent);
    private final HttpClient client = HttpClient.newHttpClient();

    /** Shows what a test sets. */
    private static final class FakeAgent implements AgentView {
        private final CountDownLatch drained = new CountDownLatch(1);
        private volatile List<String> reasons = List.of();

        @Override
        public List<String> notReadyReasons() {
            return reasons;
        }

        @Override
        public ServedState served() {
            PortSnapshot port = new PortSnapshot(80, new Version("0011"), List.of(), List.of(), Map.of(), Map.of());
            return new ServedState(
                    "n1",
                    "",
                    "config-service",
                    new ConfigStats.Followed("c:1", "replica-0"),
                    1,
                    new Snapshot(Map.of(80, port), NodeWorkloads.EMPTY));
        }

        @Override
        public List<ConnectionReport> connections() {
            return List.of(new ConnectionReport("10.0.0.9:1", "127.1.0.1:80", "http2", "shop/cart", 5, 1, 9));
        }

        @Override
        public List<PodReport> pods() {
            return List.of(
                    new PodReport("uid-1", "shop/cart", 7, PodReport.State.CAPTURED, FailureMode.OPEN, "", 15_001),
                    new PodReport("uid-2", null, 8, PodReport.State.FAILED, null, "setns: not permitted", 0));
        }

        @Override
        public List<BackendReport> backends() {
            return List.of(new BackendReport(
                    "80/web:80",
                    List.of(new BackendReport.EndpointReport("10.0.0.1:80", 1, true, 5, 1)),
                    List.of(),
                    1,
                    0,
                    ""));
        }

        @Override
        public String metricsContentType(@Nullable String accept) {
            return "text/plain";
        }

        @Override
        public void writeMetrics(OutputStream out, @Nullable String accept) throws IOException {
            out.write("up 1\n".getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String explain(String question) {
            if (question.isEmpty()) {
                throw new IllegalArgumentException("destination: '' (expected: ip:port)");
            }
            return "{\"asked\": " + question + "}";
        }

        @Override
        public void drain() {
            drained.countDown();
        }
    }

    @BeforeEach
    void start() throws Exception {
        server.start(0);
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource({
        "GET, /ready, 200, ready",
        "GET, /live, 200, live",
        "GET, /metrics, 200, up 1",
        "GET, /snapshot, 200, config-service",
        "GET, /snapshot?port=80, 200, 0011",
        "GET, /snapshot?port=81, 404, nothing of port 81",
        "GET, /snapshot?port=x, 400, expected: port=1",
        "GET, /snapshot?all, 400, expected: port=1",
        "GET, /connections, 200, source_workload",
        "GET, /pods, 200, '\"name\" : \"shop/cart\"'",
        "GET, /pods, 200, setns: not permitted",
        "GET, /endpoints, 200, ejected_millis_left",
        "GET, /nothing, 404, /snapshot",
        "POST, /ready, 405, takes GET",
        "POST, /explain, 400, expected: ip:port",
        "GET, /explain, 405, takes POST",
        "GET, /drain, 405, takes POST"
    })
    void answers(String method, String path, int status, String part) throws Exception {
        HttpResponse<String> response = send(method, path);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).contains(part);
        if (status >= 400) {
            assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        }
        if (status == 405) {
            assertThat(response.headers().firstValue("allow")).isPresent();
        }
    }

    @Test
    void saysWhyItIsNotReady() throws Exception {
        agent.reasons = List.of("no snapshot");
        HttpResponse<String> response = send("GET", "/ready");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).contains("no snapshot");
    }

    @Test
    void passesQuestionsOn() throws Exception {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/explain"))
                        .POST(HttpRequest.BodyPublishers.ofString("1"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"asked\": 1}\n");
    }

    @Test
    void drainsWhenAsked() throws Exception {
        assertThat(send("POST", "/drain").statusCode()).isEqualTo(202);
        assertThat(agent.drained.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest(name = "Host {0}: {1}")
    @CsvSource({"localhost:PORT, 200", "[::1]:PORT, 200", "evil.example:PORT, 403", "localhost, 403", "127.0.0.1:1, 403"
    })
    void takesOnlyNamesOfLoopback(String host, int status) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            String request = "GET /live HTTP/1.1\r\nHost: " + host.replace("PORT", Integer.toString(server.port()))
                    + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 " + status);
        }
    }
}
