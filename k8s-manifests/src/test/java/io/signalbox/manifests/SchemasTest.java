package io.signalbox.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SchemasTest {
    @TestFactory
    Stream<DynamicTest> everyObjectIsAsItsKindWantsIt() throws IOException, InterruptedException {
        return Build.all().stream()
                .flatMap(build -> build.objects().stream()
                        .filter(Schemas::know)
                        .map(object -> DynamicTest.dynamicTest(build + ": " + object, () -> Schemas.check(object))));
    }

    @Test
    void aMisspeltFieldIsFound() throws IOException, InterruptedException {
        Manifest agent = copy(Build.production().one("DaemonSet", "signalbox-agent"));
        ((ObjectNode) agent.at("/spec/template/spec")).put("hostNetwrok", true);

        assertThatThrownBy(() -> Schemas.check(agent)).hasMessageContaining("hostNetwrok");
    }

    @Test
    void aMissingFieldIsFound() throws IOException, InterruptedException {
        Manifest agent = copy(Build.production().one("DaemonSet", "signalbox-agent"));
        ((ObjectNode) agent.at("/spec")).remove("selector");

        assertThatThrownBy(() -> Schemas.check(agent)).hasMessageContaining("selector");
    }

    @Test
    void aWrongTypeIsFound() throws IOException, InterruptedException {
        Manifest agent = copy(Build.production().one("DaemonSet", "signalbox-agent"));
        ((ObjectNode) agent.at("/spec")).put("minReadySeconds", "soon");

        assertThatThrownBy(() -> Schemas.check(agent)).hasMessageContaining("soon");
    }

    @Test
    void noNameIsUsedTwice() throws IOException, InterruptedException {
        for (Build build : Build.all()) {
            List<String> names = build.objects().stream()
                    .map(object ->
                            object.apiVersion() + " " + object.kind() + " " + object.namespace() + "/" + object.name())
                    .toList();
            assertThat(names).as(build.name()).doesNotHaveDuplicates();
        }
    }

    private static Manifest copy(Manifest object) {
        JsonNode copy = object.root().deepCopy();
        return new Manifest(copy);
    }
}
