package io.signalbox.configservice.rest;

import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Duration;
import com.google.protobuf.Value;
import io.signalbox.config.v1.ExplainProtocol;
import io.signalbox.config.v1.ExplainQuery;
import io.signalbox.config.v1.ExplainRequest;
import io.signalbox.config.v1.ExplainResponse;
import io.signalbox.config.v1.ExplainedBackend;
import io.signalbox.config.v1.ExplainedFrontend;
import io.signalbox.config.v1.ExplainedPolicy;
import io.signalbox.config.v1.ExplainedRetries;
import io.signalbox.config.v1.ExplainedRule;
import io.signalbox.config.v1.Explanation;
import io.signalbox.config.v1.Label;
import io.signalbox.config.v1.PortSnapshot;
import io.signalbox.config.v1.Resource;
import io.signalbox.config.v1.StreamConfigResponse;
import io.signalbox.configservice.testkit.AgentStream;
import io.signalbox.configservice.testkit.TestService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** POST /v1/explain on real sockets, with agents that answer what the test says. */
class ExplainApiTest {
    private static final Explanation ROUTED =
            Explanation.newBuilder().setOutcome("route").addSteps("looked").build();
    private static final String REQUEST = """
            {"source": {"namespace": "shop"}, "destination": "10.0.0.1:80", "protocol": "http"}""";
    private static final String CATALOG = service("shop", "catalog", "10.0.0.1", "http", 80);

    @TempDir
    private Path registry;

    private TestService service;

    @BeforeEach
    void start() throws IOException {
        TestService.write(registry, "catalog.yaml", CATALOG, slice("shop", "catalog", "http", 8080, "10.1.0.1"));
        service = new TestService(registry);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private static ObjectNode question() throws IOException {
        ObjectNode body = TestService.body();
        body.set("request", TestService.object(REQUEST));
        return body;
    }

    private CompletableFuture<HttpResponse<String>> ask(ObjectNode body) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return service.post("/v1/explain", body.toString());
            } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
            }
        });
    }

    private static HttpResponse<String> await(CompletableFuture<HttpResponse<String>> response) throws Exception {
        return response.get(10, TimeUnit.SECONDS);
    }

    @Test
    void theQuestionReachesTheAgentWithEveryField() throws Exception {
        ObjectNode body = TestService.object("""
                {"request": {
                  "source": {"namespace": "shop", "labels": {"b": "2", "a": "1"}, "node": "node-1",
                             "locality": {"region": "eu", "zone": "eu-1"}, "address": "10.2.0.1"},
                  "destination": "[fd00::1]:8080", "protocol": "grpc",
                  "http": {"method": "POST", "authority": "catalog:80", "path": "/a?b=c", "scheme": "http",
                           "headers": {"End-User": "jason", "x": ["1", "2"]}}}}""");
        try (AgentStream agent = service.agent("node-1")) {
            CompletableFuture<HttpResponse<String>> response = ask(body);
            ExplainRequest question = agent.nextQuestion();
            agent.answer(question, ROUTED);
            await(response);

            assertThat(question.hasWhatIf()).isFalse();
            ExplainQuery query = question.getQuery();
            assertThat(query.getSource().getNamespace()).isEqualTo("shop");
            assertThat(query.getSource().getLabelsList())
                    .extracting(Label::getKey, Label::getValue)
                    .containsExactly(tuple("a", "1"), tuple("b", "2"));
            assertThat(query.getSource().getNode()).isEqualTo("node-1");
            assertThat(query.getSource().getLocality()).isEqualTo("eu/eu-1");
            assertThat(query.getSource().getAddress().size()).isEqualTo(4);
            assertThat(query.getAddress().size()).isEqualTo(16);
            assertThat(query.getPort()).isEqualTo(8080);
            assertThat(query.getProtocol()).isEqualTo(ExplainProtocol.EXPLAIN_PROTOCOL_GRPC);
            assertThat(query.getHttp().getMethod()).isEqualTo("POST");
            assertThat(query.getHttp().getAuthority()).isEqualTo("catalog:80");
            assertThat(query.getHttp().getPath()).isEqualTo("/a?b=c");
            assertThat(query.getHttp().getScheme()).isEqualTo("http");
            assertThat(query.getHttp().getHeadersList())
                    .extracting(header -> header.getName() + "=" + header.getValue())
                    .containsExactly("End-User=jason", "x=1", "x=2");
        }
    }

    @Test
    void theAnswerIsTheExplanationWithRevisionAndNode() throws Exception {
        Explanation explanation = ROUTED.toBuilder()
                .setFrontend(ExplainedFrontend.newBuilder().setMatch("host").setPort(0))
                .setRule(ExplainedRule.newBuilder()
                        .setKind("VirtualService")
                        .setRoute(Value.newBuilder().setNumberValue(0)))
                .addBackends(ExplainedBackend.newBuilder().setHost("catalog").setWeight(0))
                .setPolicy(ExplainedPolicy.newBuilder()
                        .setTimeout(Duration.newBuilder().setNanos(1_500_000))
                        .setMtls(false)
                        .setRetries(ExplainedRetries.newBuilder().setAttempts(0)))
                .putResponseHeaders("x-a", "1")
                .build();
        try (AgentStream agent = service.agent("node-1")) {
            CompletableFuture<HttpResponse<String>> response = ask(question());
            agent.answer(agent.nextQuestion(), explanation);

            HttpResponse<String> answered = await(response);
            assertThat(answered.statusCode()).isEqualTo(200);
            assertThat(answered.headers().firstValue("content-type")).contains("application/json");
            JsonNode json = TestService.json(answered);
            assertThat(json.path("outcome").asText()).isEqualTo("route");
            assertThat(json.path("node").asText()).isEqualTo("node-1");
            assertThat(json.path("revision").asText()).isEqualTo("1");
            assertThat(json.path("frontend").path("port").isNumber()).isTrue();
            assertThat(json.path("frontend").has("service")).isFalse();
            assertThat(json.path("rule").path("route").asInt(-1)).isZero();
            assertThat(json.path("backends").path(0).path("weight").isNumber()).isTrue();
            assertThat(json.path("backends").path(0).path("endpoints").isArray())
                    .isTrue();
            assertThat(json.path("policy").path("mtls").isBoolean()).isTrue();
            assertThat(json.path("policy").path("retries").path("attempts").asInt(-1))
                    .isZero();
            assertThat(json.path("policy").path("timeout").asText()).isEqualTo("0.001500s");
            assertThat(json.path("response_headers").path("x-a").asText()).isEqualTo("1");
        }
    }

    @Test
    void aWhatIfBringsItsPortAndDisturbsNothing() throws Exception {
        try (AgentStream agent = service.agent("node-1")) {
            String before = service.get("/v1/ports").toString();
            String ports = service.get("/v1/ports/80").toString();
            ObjectNode body = question()
                    .put(
                            "manifests",
                            service("shop", "other", "10.0.0.1", "http", 80)
                                    + "---\n"
                                    + slice("shop", "other", "http", 8080, "10.1.0.9"));
            CompletableFuture<HttpResponse<String>> response = ask(body);
            ExplainRequest question = agent.nextQuestion();
            agent.answer(question, ROUTED);

            assertThat(names(question.getWhatIf().getPort()))
                    .contains("backend/other.shop.svc.cluster.local:80")
                    .noneMatch(name -> name.contains("catalog"));
            assertThat(question.getWhatIf().hasWorkloads()).isTrue();
            assertThat(TestService.json(await(response)).path("revision").asText())
                    .matches("[0-9a-f]{16}");
            assertThat(service.get("/v1/ports").toString()).isEqualTo(before);
            assertThat(service.get("/v1/ports/80").toString()).isEqualTo(ports);
            assertThat(agent.pending()).noneMatch(StreamConfigResponse::hasPush);
        }
    }

    @Test
    void anOverlayStandsOnTopOfTheLiveRegistry() throws Exception {
        try (AgentStream agent = service.agent("node-1")) {
            ObjectNode body = question()
                    .put("overlay", true)
                    .put(
                            "manifests",
                            slice("shop", "catalog", "http", 8080, "10.1.0.8")
                                    + "---\n"
                                    + service("shop", "other", "10.0.0.2", "http", 80));
            CompletableFuture<HttpResponse<String>> response = ask(body);
            ExplainRequest question = agent.nextQuestion();
            agent.answer(question, ROUTED);

            assertThat(names(question.getWhatIf().getPort()))
                    .contains("backend/other.shop.svc.cluster.local:80", "backend/catalog.shop.svc.cluster.local:80");
            assertThat(question.getWhatIf().getPort().getResourcesList().stream()
                            .filter(resource -> resource.getName().equals("backend/catalog.shop.svc.cluster.local:80"))
                            .map(resource ->
                                    resource.getBackend().getEndpoints(0).getAddress())
                            .toList())
                    .singleElement()
                    .satisfies(address -> assertThat(address.byteAt(3)).isEqualTo((byte) 8));
            assertThat(TestService.json(await(response)).path("revision").asText())
                    .matches("1\\+[0-9a-f]{16}");
        }
    }

    private static List<String> names(PortSnapshot port) {
        return port.getResourcesList().stream().map(Resource::getName).toList();
    }

    @Test
    void aPortThatTheWhatIfDoesNotKnowIsAbsent() throws Exception {
        try (AgentStream agent = service.agent("node-1")) {
            CompletableFuture<HttpResponse<String>> response =
                    ask(question().put("manifests", service("shop", "other", "10.0.0.1", "http", 81)));
            ExplainRequest question = agent.nextQuestion();
            agent.answer(question, ROUTED);

            assertThat(question.hasWhatIf()).isTrue();
            assertThat(question.getWhatIf().hasPort()).isFalse();
            assertThat(await(response).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void refusedManifestsAreNamedBeforeTheAgentsSteps() throws Exception {
        try (AgentStream agent = service.agent("node-1")) {
            CompletableFuture<HttpResponse<String>> response = ask(question()
                    .put("manifests", CATALOG + "---\n" + service("shop", "bad", "10.0.0.2", "http", 70_000)));
            ExplainRequest question = agent.nextQuestion();
            agent.answer(question, ROUTED);

            assertThat(question.getWhatIf().hasPort()).isTrue();
            JsonNode steps = TestService.json(await(response)).path("steps");
            assertThat(steps.path(0).asText()).startsWith("Refused").contains("Service shop/bad");
            assertThat(steps.path(1).asText()).isEqualTo("looked");
        }
    }

    @Test
    void pushesGoOnWhileAQuestionIsOpenAndQuestionsWhileAPushIs() throws Exception {
        try (AgentStream agent = service.agent("node-1")) {
            StreamConfigResponse unanswered = agent.next();
            while (!unanswered.hasPush()) {
                unanswered = agent.next();
            }
            CompletableFuture<HttpResponse<String>> response = ask(question());
            StreamConfigResponse next = agent.next();
            assertThat(next.hasExplain()).isTrue();

            agent.ack(unanswered.getPush());
            service.write("queue.yaml", service("shop", "queue", "10.0.0.2", "tcp", 5672));
            assertThat(agent.nextPush().getPortUpdates(0).getPort()).isEqualTo(5672);

            agent.answer(next.getExplain(), ROUTED);
            assertThat(await(response).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void theAgentOfTheSourcesNodeIsAskedElseTheFirstByName() throws Exception {
        try (AgentStream first = service.agent("node-1");
                AgentStream second = service.agent("node-2")) {
            ObjectNode body = question();
            ((ObjectNode) body.path("request").path("source")).put("node", "node-2");
            CompletableFuture<HttpResponse<String>> there = ask(body);
            second.answer(second.nextQuestion(), ROUTED);
            assertThat(TestService.json(await(there)).path("node").asText()).isEqualTo("node-2");

            ((ObjectNode) body.path("request").path("source")).put("node", "node-3");
            CompletableFuture<HttpResponse<String>> elsewhere = ask(body);
            first.answer(first.nextQuestion(), ROUTED);
            assertThat(TestService.json(await(elsewhere)).path("node").asText()).isEqualTo("node-1");
        }
    }

    @Test
    void anAgentThatGoesAwayIsPassedOver() throws Exception {
        try (AgentStream second = service.agent("node-2")) {
            CompletableFuture<HttpResponse<String>> response;
            try (AgentStream first = service.agent("node-1")) {
                response = ask(question());
                first.nextQuestion();
            }
            second.answer(second.nextQuestion(), ROUTED);

            assertThat(TestService.json(await(response)).path("node").asText()).isEqualTo("node-2");
        }
    }

    @Test
    void aSilentAgentIsPassedOverAndTwoAreAnsweredGatewayTimeout() throws Exception {
        try (AgentStream first = service.agent("node-1")) {
            CompletableFuture<HttpResponse<String>> response = ask(question());
            ExplainRequest late = first.nextQuestion();

            HttpResponse<String> answered = await(response);
            assertThat(answered.statusCode()).isEqualTo(504);
            assertThat(answered.body()).contains("node-1", "no answer");
            first.answer(late, ROUTED);

            CompletableFuture<HttpResponse<String>> next = ask(question());
            first.answer(first.nextQuestion(), ROUTED);
            assertThat(await(next).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void withoutAnAgentItSaysSo() throws Exception {
        HttpResponse<String> response = await(ask(question()));

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(response.body()).contains("no agent is connected");
    }

    @Test
    void anAgentThatCannotAnswerIsQuoted() throws Exception {
        try (AgentStream agent = service.agent("node-1")) {
            CompletableFuture<HttpResponse<String>> response = ask(question());
            agent.answer(ExplainResponse.newBuilder()
                    .setId(agent.nextQuestion().getId())
                    .setError("the table is not built")
                    .build());

            assertThat(await(response).statusCode()).isEqualTo(502);
            assertThat(await(response).body()).contains("node-1", "the table is not built");
        }
    }

    @Test
    void manyQuestionsAtOnceAreAllAnswered() throws Exception {
        try (AgentStream agent = service.agent("node-1")) {
            List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                responses.add(ask(question().put("manifests", service("shop", "s" + i, "10.0.0.1", "http", 80))));
            }
            for (int i = 0; i < 40; i++) {
                ExplainRequest question = agent.nextQuestion();
                agent.answer(question, ROUTED);
            }
            for (CompletableFuture<HttpResponse<String>> response : responses) {
                assertThat(await(response).statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void moreQuestionsThanAreWorkedOnAtATimeAreRefused() throws Exception {
        try (AgentStream agent = service.agent("node-1")) {
            List<CompletableFuture<HttpResponse<String>>> taken = new ArrayList<>();
            List<ExplainRequest> open = new ArrayList<>();
            for (int i = 0; i < QuestionRoutes.MAX_AT_ONCE; i++) {
                taken.add(ask(question()));
                open.add(agent.nextQuestion());
            }
            HttpResponse<String> refused = await(ask(question()));
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("retry-after")).contains("1");

            open.forEach(question -> agent.answer(question, ROUTED));
            for (CompletableFuture<HttpResponse<String>> response : taken) {
                assertThat(await(response).statusCode()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest(name = "{0} is answered {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    {}                                    | request: is missing (expected: an object)
                    {"request": 1}                        | request: 1 (expected: an object)
                    {"request": R, "extra": 1}            | extra: is no known field (expected: one of request, manifests, overlay)
                    {"request": R, "manifests": 1}        | manifests: 1 (expected: text)
                    {"request": R, "overlay": 1}          | overlay: 1 (expected: true or false)
                    {"request": R, "overlay": true}       | manifests: is missing (expected: text, since overlay is true)
                    {"request": {"protocol": "tcp"}}      | request.destination: is missing (expected: ip:port)
                    {"request": {"destination": "x"}}     | request.destination: "x" (expected: ip:port)
                    {"request": {"destination": "1.2.3.4:0"}} | request.destination: "1.2.3.4:0" (expected: ip:port)
                    {"request": {"destination": "fd00::1:80"}} | request.destination: "fd00::1:80" (expected: ip:port)
                    {"request": {"destination": "1.2.3.4:1"}} | request.protocol: is missing (expected: http, http2, grpc, tls or tcp)
                    {"request": {"protocol": "udp"}}      | request.protocol: "udp" (expected: http, http2, grpc, tls or tcp)
                    {"request": {"protocol": "tcp", "http": {}}} | request.http: does not go with protocol tcp (expected: absent)
                    {"request": {"protocol": "http", "tls": {}}} | request.tls: does not go with protocol http (expected: absent)
                    {"request": {"protocol": "http", "http": {"body": ""}}} | request.http.body: is no known field (expected: one of method, authority, path, headers, scheme)
                    {"request": {"protocol": "http", "http": {"method": "G T"}}} | request.http.method: "G T" (expected: a method, such as GET)
                    {"request": {"protocol": "http", "http": {"headers": {"a": 1}}}} | request.http.headers.a: 1 (expected: text)
                    {"request": {"protocol": "http", "http": {"headers": {"Host": "a"}}}} | request.http.headers.Host: stands in authority (expected: absent)
                    {"request": {"protocol": "tls", "tls": {"alpn": "h2"}}} | request.tls.alpn: "h2" (expected: a list of texts)
                    {"request": {"protocol": "tcp", "source": {"labels": []}}} | request.source.labels: a list (expected: an object)
                    {"request": {"protocol": "tcp", "source": {"address": "x"}}} | request.source.address: "x" (expected: an IP address)
                    {"request": {"protocol": "tcp", "source": {"pod": "x"}}} | request.source.pod: is no known field (expected: one of namespace, labels, node, locality, address)
                    []                                    | the body is no JSON object
                    {"request":                           | the body is no JSON at line 1, column 12
                    {"a": 1, "a": 2}                      | the body is no JSON at line 1
                    """)
    void badBodiesAreRefusedByName(String body, String detail) throws Exception {
        HttpResponse<String> response = service.post("/v1/explain", body.replace("R", REQUEST));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(TestService.json(response).path("detail").asText()).contains(detail);
    }

    @Test
    void otherMediaTypesAreRefused() throws Exception {
        HttpResponse<String> response = service.send(HttpRequest.newBuilder(service.uri("/v1/explain"))
                .header("content-type", "application/yaml")
                .POST(HttpRequest.BodyPublishers.ofString("a: b")));

        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(response.body()).contains("application/yaml (expected: application/json)");
    }

    @Test
    void aBodyThatSaysThatItIsTooLongIsRefusedUnread() throws Exception {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), service.uri("/").getPort())) {
            String head = """
                    POST /v1/explain HTTP/1.1\r
                    Host: localhost\r
                    Content-Type: application/json\r
                    Content-Length: %d\r
                    \r
                    """.formatted(RestApi.MAX_BODY_BYTES + 1);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 413")
                    .contains("application/problem+json");
        }
    }

    @Test
    void aBodyThatEndsEarlyIsRefused() throws Exception {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), service.uri("/").getPort())) {
            String head = """
                    POST /v1/explain HTTP/1.1\r
                    Host: localhost\r
                    Content-Type: application/json\r
                    Content-Length: 100\r
                    \r
                    {"request":
                    """;
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 400")
                    .contains("application/problem+json");
        }
    }

    @Test
    void aChunkedBodyThatIsTooLongIsRefused() throws Exception {
        byte[] body = new byte[RestApi.MAX_BODY_BYTES + 1];
        HttpResponse<String> response = service.send(HttpRequest.newBuilder(service.uri("/v1/explain"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofByteArray(body))));

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
    }
}
