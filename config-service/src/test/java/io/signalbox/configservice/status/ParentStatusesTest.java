package io.signalbox.configservice.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.signalbox.configservice.registry.ParentRef;
import io.signalbox.configservice.status.ParentStatuses.Condition;
import io.signalbox.configservice.status.ParentStatuses.Parent;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ParentStatusesTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final String OTHER = """
            - parentRef: {name: edge}
              controllerName: example.com/gateway
              conditions: [{type: Accepted, status: 'True'}]
            """;
    private static final String OURS = """
            - parentRef: {group: '', kind: Service, name: %s, port: 80}
              controllerName: signalbox.io/controller
              conditions:
              - {lastTransitionTime: '2025-01-01T00:00:00Z', message: fine, observedGeneration: 3, reason: Accepted,
                 status: '%s', type: Accepted}
            """;

    private static JsonNode yaml(String text) throws IOException {
        return new YAMLMapper().readTree(text);
    }

    private static Optional<ArrayNode> merge(String present, Parent... parents) throws IOException {
        return ParentStatuses.merge(yaml(present), List.of(parents), 3, NOW);
    }

    private static Parent parent(String service, boolean holds) {
        return new Parent(
                new ParentRef("", "Service", "", service, "", 80),
                List.of(new Condition("Accepted", holds, "Accepted", "fine")));
    }

    @Test
    void whatIsThereAlreadyIsNotWritten() throws IOException {
        assertThat(merge(OURS.formatted("cart", "True") + OTHER, parent("cart", true)))
                .isEmpty();
        assertThat(merge(OTHER)).isEmpty();
        assertThat(merge("[]")).isEmpty();
    }

    @Test
    void othersStayAndOursIsAdded() throws IOException {
        ArrayNode merged = merge(OTHER, parent("cart", true)).orElseThrow();
        assertThat(merged.get(0)).isEqualTo(yaml(OTHER).get(0));
        assertThat(merged.get(1).path("controllerName").asText()).isEqualTo("signalbox.io/controller");
        assertThat(merged.get(1).path("parentRef")).isEqualTo(yaml("{group: '', kind: Service, name: cart, port: 80}"));
        assertThat(merged.get(1).at("/conditions/0/lastTransitionTime").asText())
                .isEqualTo(NOW.toString());
        assertThat(merged.get(1).at("/conditions/0/observedGeneration").asLong())
                .isEqualTo(3);
    }

    @Test
    void aConditionThatTurnsHasANewTimeAndOneThatStaysDoesNot() throws IOException {
        ArrayNode turned =
                merge(OURS.formatted("cart", "False"), parent("cart", true)).orElseThrow();
        assertThat(turned.get(0).at("/conditions/0/lastTransitionTime").asText())
                .isEqualTo(NOW.toString());

        Parent otherReason = new Parent(
                parent("cart", true).ref(), List.of(new Condition("Accepted", true, "Accepted", "still fine")));
        ArrayNode stayed = merge(OURS.formatted("cart", "True"), otherReason).orElseThrow();
        assertThat(stayed.get(0).at("/conditions/0/lastTransitionTime").asText())
                .isEqualTo("2025-01-01T00:00:00Z");
    }

    @Test
    void ourEntriesOfParentsThatAreGoneGo() throws IOException {
        ArrayNode merged = merge(
                        OURS.formatted("cart", "True") + OTHER + OURS.formatted("tax", "True"), parent("tax", true))
                .orElseThrow();
        assertThat(merged).hasSize(2);
        assertThat(merged.get(0).path("controllerName").asText()).isEqualTo("example.com/gateway");
        assertThat(merged.get(1).at("/parentRef/name").asText()).isEqualTo("tax");
    }
}
