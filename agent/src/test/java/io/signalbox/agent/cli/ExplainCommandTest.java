package io.signalbox.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command against an admin endpoint that keeps the question and gives a fixed answer. */
class ExplainCommandTest {
    private static final String ANSWER = """
            {
              "outcome": "route",
              "frontend": {"match": "host", "service": "web.shop", "port": 80},
              "rule": {"kind": "VirtualService", "namespace": "shop", "name": "web", "route": "beta"},
              "backends": [{"host": "web.shop", "port": 80, "subset": "v1", "weight": 12.5, "endpoints": ["10.0.0.9:8080"]}],
              "request": {"authority": "web", "path": "/v2", "headers": {"x-a": "1"}, "headers_removed": ["x-b"]},
              "policy": {"timeout": "1.500s", "retries": {"attempts": 2, "retry_on": "5xx"}, "load_balancer": "RANDOM"},
              "steps": ["First.", "Second."],
              "later": "a field of a newer agent"
            }
            """;

    private final BlockingQueue<String> questions = new LinkedBlockingQueue<>();
    private HttpServer server;
    private int status = 200;
    private String answer = ANSWER;

    private record Ended(int code, String out, String err) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/explain", exchange -> {
            questions.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Ended run(String... args) {
        List<String> all =
                new ArrayList<>(List.of("--admin-port=" + server.getAddress().getPort()));
        all.addAll(Arrays.asList(args));
        return run(Map.of(), all);
    }

    private static Ended run(Map<String, String> environment, List<String> args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = ExplainCommand.run(
                args.toArray(String[]::new),
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private JsonNode asked(String... args) throws Exception {
        assertThat(run(args).code()).isZero();
        return new ObjectMapper().readTree(questions.take());
    }

    @Test
    void asksLikeCurl() throws Exception {
        JsonNode question = asked(
                "-X",
                "POST",
                "-H",
                "end-user: jason",
                "-H",
                "x: 1",
                "-H",
                "x: 2",
                "--source-namespace",
                "shop",
                "--source-labels",
                "app=sleep,version=v1",
                "--destination",
                "10.96.0.10:80",
                "http://reviews:9080/a?b=c#d");
        assertThat(question).isEqualTo(new ObjectMapper().readTree("""
                {
                  "source": {"namespace": "shop", "labels": {"app": "sleep", "version": "v1"}},
                  "destination": "10.96.0.10:80",
                  "protocol": "http",
                  "http": {
                    "method": "POST", "authority": "reviews:9080", "path": "/a?b=c",
                    "headers": {"end-user": ["jason"], "x": ["1", "2"]}
                  }
                }
                """));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(nullValues = "none", textBlock = """
            http://a/,            http,  192.0.2.1:80,      GET,  a,    /
            a,                    http,  192.0.2.1:80,      GET,  a,    /
            http://10.0.0.1:8080, http,  10.0.0.1:8080,     GET,  10.0.0.1:8080, /
            http://[fd00::1]:81/, http,  [fd00::1]:81,      GET,  [fd00::1]:81,  /
            grpc://c:9090/s.S/M,  grpc,  192.0.2.1:9090,    POST, c:9090, /s.S/M
            https://pay.example,  tls,   192.0.2.1:443,     none, none, none
            tls://pay.example:8443, tls, 192.0.2.1:8443,    none, none, none
            tcp://10.0.0.1:6379,  tcp,   10.0.0.1:6379,     none, none, none
            """)
    void readsUrls(String url, String protocol, String destination, String method, String authority, String path)
            throws Exception {
        JsonNode question = asked(url);
        assertThat(question.path("protocol").asText()).isEqualTo(protocol);
        assertThat(question.path("destination").asText()).isEqualTo(destination);
        assertThat(question.path("http").path("method").asText(null)).isEqualTo(method);
        assertThat(question.path("http").path("authority").asText(null)).isEqualTo(authority);
        assertThat(question.path("http").path("path").asText(null)).isEqualTo(path);
        assertThat(question.path("tls").path("sni").asText(null))
                .isEqualTo(protocol.equals("tls") ? "pay.example" : null);
    }

    @Test
    void theSourceMayBeAWorkloadOrAnAddress() throws Exception {
        assertThat(asked("--source", "shop/cart-1", "http://a/")
                        .path("source")
                        .path("workload")
                        .asText())
                .isEqualTo("shop/cart-1");
        assertThat(asked("--source", "10.1.2.3", "http://a/")
                        .path("source")
                        .path("address")
                        .asText())
                .isEqualTo("10.1.2.3");
        assertThat(asked("--http2", "DELETE", "http://a/")
                        .path("http")
                        .path("method")
                        .asText())
                .isEqualTo("DELETE");
        assertThat(asked("-H", "Host: b", "http://a/")
                        .path("http")
                        .path("authority")
                        .asText())
                .isEqualTo("b");
    }

    @Test
    void printsForPeople() {
        Ended ended = run("http://web/");
        assertThat(ended.out())
                .startsWith("No --destination: assuming 192.0.2.1:80")
                .contains("Outcome   route")
                .contains("Frontend  web.shop:80 (by Host)")
                .contains("Rule      VirtualService shop/web, route 'beta'")
                .contains("Backend   12.5000 % web.shop:80 subset v1")
                .contains("            10.0.0.9:8080")
                .contains("set x-a: 1")
                .contains("without x-b")
                .contains("Policy    timeout 1.500s; 2 retries on 5xx; RANDOM")
                .contains("   1. First.")
                .contains("   2. Second.");
    }

    @Test
    void printsTheAnswerAsItIsForPrograms() {
        assertThat(run("--json", "http://web/").out()).isEqualTo(ANSWER);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ftp://a/, expected: http://",
        "tcp://db:6379, expected: an IP address",
        "tcp://10.0.0.1, expected: a port",
        "http://a:port/, port: 'port'",
        "http:///a, expected: a host"
    })
    void aUrlThatMakesNoSenseIsSaid(String url, String reason) {
        Ended ended = run(url);
        assertThat(ended.code()).isEqualTo(64);
        assertThat(ended.err()).hasLineCount(1).contains(reason);
    }

    @Test
    void whatTheAgentRefusesIsSaid() {
        status = 400;
        answer = "{\"title\": \"Bad question\", \"detail\": \"source.workload: 'x' is none of this node's workloads\"}";
        Ended ended = run("--source", "x", "http://a/");
        assertThat(ended.code()).isEqualTo(64);
        assertThat(ended.err()).contains("'x' is none of this node's workloads");
    }

    @Test
    void anAgentThatDoesNotRunIsSaid() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Ended ended = run(Map.of("SIGNALBOX_ADMIN_PORT", String.valueOf(port)), List.of("http://a/"));
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).hasLineCount(1).contains("no agent answers on 127.0.0.1:" + port);
    }

    @Test
    void helpsWithExamples() {
        assertThat(run("--help").out()).contains("agent explain").contains("--source-namespace");
        assertThat(run().code()).isEqualTo(64);
    }
}
