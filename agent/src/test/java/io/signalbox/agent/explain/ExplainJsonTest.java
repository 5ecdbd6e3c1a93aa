package io.signalbox.agent.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Value;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.OutboundPolicy;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.model.Workload;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.config.v1.ExplainProtocol;
import io.signalbox.config.v1.ExplainQuery;
import io.signalbox.config.v1.ExplainedBackend;
import io.signalbox.config.v1.ExplainedRule;
import io.signalbox.config.v1.Explanation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplainJsonTest {
    private static final Workload CART = new Workload(
            "shop",
            "cart-1",
            List.of(Snapshots.address("10.1.2.3")),
            Map.of("app", "cart"),
            "default",
            "",
            Workload.Capture.DEFAULT);
    private static final NodeWorkloads WORKLOADS =
            new NodeWorkloads(Version.NONE, List.of(CART), List.of(), OutboundPolicy.ALLOW_ANY, "");

    private static ExplainQuery read(String json) {
        ExplainQuery[] asked = new ExplainQuery[1];
        new ExplainJson(
                        (query, whatIf) -> {
                            asked[0] = query;
                            return Explanation.getDefaultInstance();
                        },
                        () -> WORKLOADS)
                .answer(json);
        return asked[0];
    }

    @Test
    void readsAQuestionAsTheConfigServiceDoes() {
        ExplainQuery query = read("""
                {
                  "source": {"namespace": "shop", "labels": {"b": "2", "a": "1"}, "locality": "eu/x"},
                  "destination": "[fd00::1]:80",
                  "protocol": "grpc",
                  "http": {"method": "POST", "authority": "a", "path": "/x", "headers": {"k": ["1", "2"], "l": "3"}}
                }
                """);
        assertThat(query.getSource().getLabels(0).getKey()).isEqualTo("a");
        assertThat(query.getSource().getLocality()).isEqualTo("eu/x");
        assertThat(query.getAddress().size()).isEqualTo(16);
        assertThat(query.getPort()).isEqualTo(80);
        assertThat(query.getProtocol()).isEqualTo(ExplainProtocol.EXPLAIN_PROTOCOL_GRPC);
        assertThat(query.getHttp().getHeadersCount()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"workload, shop/cart-1", "workload, cart-1", "address, 10.1.2.3"})
    void knowsTheWorkloadsOfItsNode(String field, String value) {
        ExplainQuery query = read("{\"source\": {\"" + field + "\": \"" + value
                + "\"}, \"destination\": \"10.0.0.1:80\", \"protocol\": \"tcp\"}");
        assertThat(query.getSource().getNamespace()).isEqualTo("shop");
        assertThat(query.getSource().getLabels(0).getValue()).isEqualTo("cart");
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {                                                                      | body: not JSON
            {"dest": "x"}                                                          | unknown field 'dest'
            {"destination": "x"}                                                   | destination: 'x' (expected: ip:port)
            {"destination": "host:80"}                                             | destination: 'host' (expected: an IP address)
            {"destination": "10.0.0.1:80", "protocol": "udp"}                      | protocol: 'udp'
            {"destination": "10.0.0.1:80", "source": {"workload": "x"}}            | source.workload: 'x' is none
            {"destination": "10.0.0.1:80", "source": {"address": "10.9.9.9"}}      | source.address: '10.9.9.9'
            {"destination": "10.0.0.1:80", "source": 1}                            | source: 1 (expected: an object)
            {"destination": "10.0.0.1:80", "http": {"headers": {"a": 1}}}          | http.headers.a: 1 (expected: text)
            """)
    void saysWhatIsWrongWithAQuestion(String json, String reason) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void answersWithTheFieldNamesOfTheContract() {
        Explanation explanation = Explanation.newBuilder()
                .setOutcome("route")
                .setRule(ExplainedRule.newBuilder().setRoute(Value.newBuilder().setNumberValue(2)))
                .addBackends(ExplainedBackend.newBuilder().setHost("a"))
                .setSnapshotVersion("it's")
                .build();
        String answer = new ExplainJson((query, whatIf) -> explanation, () -> WORKLOADS)
                .answer("{\"destination\": \"10.0.0.1:80\"}");
        assertThat(answer.replaceAll("\\s", ""))
                .contains("\"snapshot_version\":\"it's\"")
                .contains("\"endpoints\":[]")
                .contains("\"route\":2.0");
    }
}
