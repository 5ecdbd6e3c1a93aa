package io.signalbox.agent.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminServerTest {
    private final FakeAgent agent = new FakeAgent();
    private final AdminServer server = new AdminServer(agent);
    private final HttpClient client = HttpClient.newHttpClient();

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
