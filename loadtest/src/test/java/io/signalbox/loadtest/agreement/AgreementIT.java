package io.signalbox.loadtest.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.loadtest.harness.HttpConnection;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.Poll;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the registry says, a request goes where explain says that it goes. */
class AgreementIT {
    private static final int REGISTRIES = 100;
    private static final int REQUESTS = 40;
    private static final int CONNECTIONS = 12;
    private static final long SEED = 20_261_123;
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private static World world;
    private static Mesh mesh;

    @BeforeAll
    static void start() throws IOException {
        world = new World();
        mesh = Mesh.create(Path.of("target", "e2e", "AgreementIT"));
        mesh.registry().writeCallers("node-1", java.util.Map.of());
        mesh.start();
    }

    @AfterAll
    static void stop() {
        mesh.close();
        world.close();
    }

    static IntStream registries() {
        return IntStream.range(0, REGISTRIES);
    }

    @ParameterizedTest(name = "registry {0}")
    @MethodSource("registries")
    void trafficGoesWhereExplainSays(int number) throws IOException {
        Random random = new Random(SEED + number);
        String marker = "marker-" + number;
        mesh.registry()
                .replace(
                        mesh.registry().directory().resolve("generated.yaml"),
                        RegistryGenerator.generate(world, random, marker));
        awaitInForce(marker);
        RequestGenerator requests = new RequestGenerator(world, random);
        for (int i = 0; i < REQUESTS; i++) {
            RequestGenerator.Http request = requests.http();
            check(request, Explained.of(request, mesh.configService().rest()));
        }
        for (int i = 0; i < CONNECTIONS; i++) {
            RequestGenerator.Tcp connection = requests.tcp();
            check(connection, Explained.of(connection, mesh.configService().rest()));
        }
    }

    private static void awaitInForce(String marker) {
        Poll.until(DEADLINE, () -> "not in force: " + marker, () -> {
            JsonNode services = mesh.configService().rest().json("/v1/services").path("services");
            boolean read = false;
            for (JsonNode service : services) {
                read |= service.path("name").asText().equals(marker);
            }
            JsonNode agents = mesh.configService().rest().json("/v1/agents").path("agents");
            return read && agents.size() == 1 && agents.get(0).path("acked").asBoolean();
        });
        mesh.awaitServing();
    }

    private static void check(RequestGenerator.Http request, JsonNode answer) throws IOException {
        HttpConnection.Response response = send(request);
        String what = request + "\nexplained: " + answer + "\nanswered: " + response;
        switch (answer.path("outcome").asText()) {
            case "route" -> {
                if (answer.at("/response/flag").asText().equals("FI")) {
                    assertThat(response.status())
                            .as(what)
                            .isEqualTo(answer.at("/response/status").asInt());
                } else if (response.endpoint().isEmpty()) {
                    assertThat(Explained.mayFail(answer)).as(what).isTrue();
                    assertThat(response.status()).as(what).isEqualTo(503);
                } else {
                    checkForwarded(request, answer, response, what);
                }
            }
            case "redirect" -> {
                assertThat(response.status())
                        .as(what)
                        .isEqualTo(answer.at("/response/status").asInt());
                assertThat(response.headers())
                        .as(what)
                        .containsEntry(
                                "location", answer.at("/response/location").asText());
            }
            case "direct_response" -> {
                assertThat(response.status())
                        .as(what)
                        .isEqualTo(answer.at("/response/status").asInt());
                assertThat(response.body())
                        .as(what)
                        .isEqualTo(answer.at("/response/body").asText());
            }
            case "reject" ->
                assertThat(response.status())
                        .as(what)
                        .isEqualTo(answer.at("/response/status").asInt());
            // There is nothing to pass through to: the agent itself listens on the address, and says so.
            case "passthrough" -> assertThat(response.status()).as(what).isEqualTo(502);
            default -> throw new AssertionError("outcome? " + what);
        }
    }

    private static void checkForwarded(
            RequestGenerator.Http request, JsonNode answer, HttpConnection.Response response, String what) {
        assertThat(response.endpoint()).as(what).isIn(Explained.endpoints(answer));
        JsonNode explained = answer.path("request");
        assertThat(response.headers().get("x-seen-host"))
                .as(what)
                .isEqualTo(explained.path("authority").asText(request.authority()));
        assertThat(response.headers().get("x-seen-target"))
                .as(what)
                .isEqualTo(explained.path("path").asText(request.target()));
        Set<String> seen =
                Set.of(response.headers().getOrDefault("x-seen-headers", "").split("\\|", -1));
        explained.path("headers").properties().forEach(header -> {
            if (!header.getKey().startsWith("x-request-id")) {
                assertThat(seen)
                        .as(what)
                        .anySatisfy(field -> assertThat(field)
                                .startsWith(header.getKey() + "=")
                                .endsWith(header.getValue().asText()));
            }
        });
        explained
                .path("headers_removed")
                .forEach(name -> assertThat(seen).as(what).noneMatch(field -> field.startsWith(name.asText() + "=")));
        answer.path("response_headers")
                .properties()
                .forEach(header -> assertThat(response.headers())
                        .as(what)
                        .containsEntry(header.getKey(), header.getValue().asText()));
    }

    private static HttpConnection.Response send(RequestGenerator.Http request) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(request.address()), request.port());
        try (HttpConnection connection =
                HttpConnection.open(address, request.caller().address())) {
            StringBuilder head = new StringBuilder(request.method() + " " + request.target() + " HTTP/1.1\r\nHost: "
                    + request.authority() + "\r\nContent-Length: 0\r\n");
            request.headers()
                    .forEach((name, value) ->
                            head.append(name).append(": ").append(value).append("\r\n"));
            connection.send(head.append("\r\n").toString());
            return connection.readResponse();
        }
    }

    private static void check(RequestGenerator.Tcp connection, JsonNode answer) throws IOException {
        String banner = banner(connection);
        String what = connection + "\nexplained: " + answer + "\nbanner: " + banner;
        if (banner.isEmpty()) {
            boolean nowhere = !answer.path("outcome").asText().equals("route") || Explained.mayFail(answer);
            assertThat(nowhere).as(what).isTrue();
        } else {
            assertThat(answer.path("outcome").asText()).as(what).isEqualTo("route");
            assertThat(banner).as(what).isIn(Explained.endpoints(answer));
        }
    }

    /** What the server says first; empty when the connection is closed instead. */
    private static String banner(RequestGenerator.Tcp connection) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout((int) DEADLINE.toMillis());
            socket.bind(new InetSocketAddress(
                    InetAddress.ofLiteral(connection.caller().address()), 0));
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(connection.address()), connection.port()));
            byte[] line = new byte[64];
            int length = 0;
            int read = socket.getInputStream().read();
            while (read >= 0 && read != '\n') {
                line[length++] = (byte) read;
                read = socket.getInputStream().read();
            }
            return new String(line, 0, length, StandardCharsets.US_ASCII);
        } catch (SocketException e) {
            return "";
        }
    }
}
