package io.signalbox.configservice.rest;

import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.configservice.testkit.TestService;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GET /v1/diff over the versions of a running service. */
class DiffApiTest {
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

    private String version() throws Exception {
        return service.get("/v1/ports/80").path("version").asText();
    }

    private String change(String... addresses) throws Exception {
        String before = version();
        service.write("catalog.yaml", CATALOG, slice("shop", "catalog", "http", 8080, addresses));
        Awaitility.await().until(() -> !version().equals(before));
        return version();
    }

    @Test
    void withoutVersionsItIsTheLastChange() throws Exception {
        String first = version();
        String second = change("10.1.0.1", "10.1.0.2");

        JsonNode diff = service.get("/v1/diff?port=80");

        assertThat(diff.path("from").asText()).isEqualTo(first);
        assertThat(diff.path("to").asText()).isEqualTo(second);
        assertThat(diff.path("added")).isEmpty();
        assertThat(diff.path("removed")).isEmpty();
        assertThat(diff.path("changed").path(0).path("kind").asText()).isEqualTo("backend");
        assertThat(diff.path("changed").path(0).path("name").asText()).isEqualTo("catalog.shop.svc.cluster.local:80");
        assertThat(diff.path("changed").path(0).path("changes").path(0).asText())
                .isEqualTo("endpoints added: 10.1.0.2:8080");
    }

    @Test
    void anyTwoVersionsCanBeComparedInBothDirections() throws Exception {
        String first = version();
        change("10.1.0.1", "10.1.0.2");
        String third = change("10.1.0.3");

        assertThat(service.get("/v1/diff?port=80&from=" + first + "&to=" + third)
                        .path("changed")
                        .toString())
                .contains("endpoints removed: 10.1.0.1:8080", "endpoints added: 10.1.0.3:8080");
        assertThat(service.get("/v1/diff?port=80&from=" + third + "&to=" + first)
                        .path("changed")
                        .toString())
                .contains("endpoints removed: 10.1.0.3:8080", "endpoints added: 10.1.0.1:8080");
        assertThat(service.get("/v1/diff?port=80&from=" + first + "&to=" + first)
                        .path("changed"))
                .isEmpty();
    }

    @Test
    void theFirstVersionIsComparedWithNothing() throws Exception {
        JsonNode diff = service.get("/v1/diff?port=80");

        assertThat(diff.path("from").asText()).isEqualTo("none");
        assertThat(diff.path("added").findValuesAsText("kind")).contains("backend", "virtual-host");
        assertThat(service.get("/v1/diff?port=80&to=none&from=" + version())
                        .path("removed")
                        .findValuesAsText("kind"))
                .contains("backend", "virtual-host");
    }

    @ParameterizedTest(name = "{0} is answered {1}")
    @CsvSource(delimiter = '|', textBlock = """
            /v1/diff                 | 400 | port: is missing (expected: 1 to 65535)
            /v1/diff?port=0          | 400 | port: 0 (expected: 1 to 65535)
            /v1/diff?port=http       | 400 | port: http (expected: 1 to 65535)
            /v1/diff?port=80&port=81 | 400 | port: stands 2 times (expected: once)
            /v1/diff?port=80&since=1 | 400 | since: is no known parameter (expected: one of from, port, to)
            /v1/diff?port=81         | 404 | nothing is configured on port 81
            /v1/diff?port=80&from=12 | 404 | from: version 12 is not held (expected: one of
            /v1/diff?port=80&to=12   | 404 | to: version 12 is not held (expected: one of
            """)
    void badQuestionsAreRefusedByName(String path, int status, String detail) throws Exception {
        HttpResponse<String> response = service.send("GET", path);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(TestService.json(response).path("detail").asText()).startsWith(detail);
    }
}
