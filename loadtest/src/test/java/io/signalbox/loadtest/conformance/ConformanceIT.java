package io.signalbox.loadtest.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.loadtest.harness.Mesh;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every routing case gets the expected answer from a real config service with a real agent. */
class ConformanceIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Mesh mesh;

    @BeforeAll
    static void start() throws IOException {
        mesh = Mesh.create(Path.of("target", "e2e", "ConformanceIT"));
        mesh.start();
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @TestFactory
    Stream<DynamicContainer> cases() throws IOException {
        return ConformanceSuite.load().stream()
                .map(file -> DynamicContainer.dynamicContainer(
                        file.name(),
                        file.cases().stream()
                                .map(each -> DynamicTest.dynamicTest(each.name(), () -> check(file, each)))));
    }

    private static void check(ConformanceSuite.CaseFile file, ConformanceSuite.Case each) {
        ObjectNode question = JSON.createObjectNode();
        question.put("manifests", file.manifests());
        question.set("request", each.request());
        JsonNode answer = mesh.configService().rest().post("/v1/explain", question);

        List<String> differences = AnswerComparison.differences(each.expect(), answer);
        assertThat(differences).as(() -> "steps: " + answer.path("steps")).isEmpty();
    }
}
