package io.signalbox.configservice.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.configservice.status.AgentStatement.Port;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentStatementTest {
    /** What all annotations of an object may take together. */
    private static final int MAX_ANNOTATIONS = 256 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void anotherReplicaReadsWhatWasSaid() {
        AgentStatement said = new AgentStatement(
                2,
                new TreeMap<>(Map.of(
                        80, new Port("0123456789abcdef", ""),
                        443, new Port("", ""),
                        8080, new Port("none", "node \"n\" refuses"))));
        assertThat(AgentStatement.decoded(said.encoded(), JSON)).isEqualTo(said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "7", "{\"agents\": \"many\"}", "{\"agents\": 1, \"ports\": {\"http\": {}}}"})
    void whatIsNoStatementIsNone(String text) {
        assertThat(AgentStatement.decoded(text, JSON)).isNull();
    }

    @Test
    void theTextFitsIntoAnAnnotation() {
        SortedMap<Integer, Port> ports = new TreeMap<>();
        for (int port = 1; port <= 65_535; port++) {
            ports.put(port, new Port("0123456789abcdef", "\"".repeat(200)));
        }
        String text = new AgentStatement(1000, ports).encoded();
        assertThat(text.length()).isLessThan(MAX_ANNOTATIONS);
        assertThat(Objects.requireNonNull(AgentStatement.decoded(text, JSON)).ports())
                .hasSize(AgentStatement.MAX_PORTS);
    }
}
