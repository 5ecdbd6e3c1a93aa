package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.Commands;
import io.signalbox.loadtest.harness.HttpConnection;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import io.signalbox.loadtest.harness.Tally;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** HTTP/1.1: every request of a keep-alive connection is balanced, and its Host alone says to which service it goes. */
class HttpBalancingIT {
    private static final String OTHER_NAMESPACE = "127.3.0.1";

    private static Mesh mesh;
    private static MeshService<HttpBackend> catalog;
    private static MeshService<HttpBackend> cart;

    @BeforeAll
    static void start() throws IOException {
        mesh = TestMesh.create(HttpBalancingIT.class);
        catalog = mesh.add(ServiceSpec.of("catalog", PortProtocol.HTTP).roundRobin(), HttpBackend::start, 3);
        cart = mesh.add(
                ServiceSpec.of("cart", PortProtocol.HTTP)
                        .withPort(catalog.spec().port()),
                HttpBackend::start,
                2);
        mesh.start();
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void balancesEachRequestOfOneConnection() throws IOException {
        Tally tally = new Tally();
        try (HttpConnection connection = HttpConnection.open(catalog.address())) {
            for (int i = 0; i < 300; i++) {
                HttpConnection.Response response = connection.get("catalog.shop", "/");
                assertThat(response.status()).isEqualTo(200);
                tally.answered(response.endpoint());
            }
        }
        assertThat(tally.counts()).containsOnlyKeys(catalog.backendNames());
        assertThat(tally.counts().values())
                .allSatisfy(count -> assertThat(count).isBetween(97L, 103L));
    }

    @Test
    void balancesEachRequestOfJavasClient() throws IOException, InterruptedException {
        Tally tally = new Tally();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int i = 0; i < 60; i++) {
                HttpResponse<String> response = client.send(
                        HttpRequest.newBuilder(URI.create("http://" + catalog.authority() + "/"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(response.statusCode()).isEqualTo(200);
                tally.answered(response.body().strip());
            }
        }
        assertThat(tally.counts()).containsOnlyKeys(catalog.backendNames());
        assertThat(tally.counts().values())
                .allSatisfy(count -> assertThat(count).isBetween(18L, 22L));
    }

    @Test
    void balancesEachRequestOfCurl() throws IOException, InterruptedException {
        // The same URL three times: curl sends all over one connection.
        String url = "http://" + catalog.authority() + "/";
        Commands.Result result =
                Commands.run("curl", "-sS", "--max-time", "20", "-v", "-H", "Host: catalog.shop", url, url, url);

        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output().lines().filter(catalog.backendNames()::contains))
                .containsExactlyInAnyOrderElementsOf(catalog.backendNames());
        assertThat(result.output()).containsIgnoringCase("re-using existing connection");
    }

    static Stream<String> hostForms() {
        int port = catalog.spec().port();
        String address = catalog.spec().clusterIp();
        return Stream.of(
                "catalog",
                "catalog.shop",
                "catalog.shop.svc",
                "catalog.shop.svc.cluster.local",
                "catalog.shop.svc.cluster.local.",
                "CATALOG.Shop",
                "catalog:" + port,
                "catalog.shop:9999",
                "catalog.shop.svc.cluster.local:" + port,
                address,
                address + ":" + port);
    }

    @ParameterizedTest(name = "Host: {0}")
    @MethodSource("hostForms")
    void knowsTheServiceByEveryFormOfItsName(String host) throws IOException {
        try (HttpConnection connection = HttpConnection.open(catalog.address())) {
            HttpConnection.Response response = connection.get(host, "/");

            assertThat(response.endpoint()).as(response.toString()).isIn(catalog.backendNames());
            assertThat(response.headers()).containsEntry("x-seen-host", host);
        }
    }

    static Stream<String> foreignForms() {
        return Stream.of("catalog", "catalog.shop.", "catalog.shop.svc.cluster", "nobody.shop", "catalog.elsewhere");
    }

    @ParameterizedTest(name = "Host: {0} from another namespace")
    @MethodSource("foreignForms")
    void doesNotTakeANameThatMeansNothingToTheCaller(String host) throws IOException {
        assertThat(endpointFor(host, OTHER_NAMESPACE)).isEmpty();
    }

    @Test
    void takesTheNamespacedNameFromAnotherNamespace() throws IOException {
        assertThat(endpointFor("catalog.shop", OTHER_NAMESPACE)).isIn(catalog.backendNames());
    }

    @Test
    void goesByHostAndNotByAddress() throws IOException {
        List<String> hosts = List.of("catalog.shop", "cart.shop", "catalog.shop", "cart");
        try (HttpConnection connection = HttpConnection.open(catalog.address())) {
            for (String host : hosts) {
                MeshService<HttpBackend> service = host.startsWith("cart") ? cart : catalog;
                assertThat(connection.get(host, "/").endpoint())
                        .as("Host %s at %s", host, catalog.authority())
                        .isIn(service.backendNames());
            }
        }
    }

    @Test
    void answersMalformedRequestsItself() throws IOException {
        for (String request : List.of(
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: catalog.shop\r\nHost: cart.shop\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: catalog.shop\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "POST / HTTP/1.1\r\nHost: catalog.shop\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) {
            try (HttpConnection connection = HttpConnection.open(catalog.address())) {
                connection.send(request);
                assertThat(connection.readResponse().status()).as(request).isEqualTo(400);
            }
        }
    }

    /** The endpoint that answered; empty when none did. */
    private static String endpointFor(String host, String from) throws IOException {
        try (HttpConnection connection = HttpConnection.open(catalog.address(), from)) {
            return connection.get(host.toLowerCase(Locale.ROOT), "/").endpoint();
        } catch (EOFException | SocketException e) {
            // Unmatched traffic to an address that only the agent listens on has nowhere to go.
            return "";
        }
    }
}
