package io.signalbox.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.model.HeaderOperations;
import io.signalbox.agent.model.HeaderOperations.Header;
import io.signalbox.agent.model.Rewrite;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderChangesTest {
    private static final HeaderValues.Variables VARIABLES = new HeaderValues.Variables() {
        @Override
        public String remoteAddress() {
            return "[fd00::1]:5000";
        }

        @Override
        public String localAddress() {
            return "10.0.0.1:80";
        }

        @Override
        public String protocol() {
            return "HTTP/2";
        }

        @Override
        public @Nullable String requestHeader(String name) {
            return name.equals("x-id") ? "7" : null;
        }
    };

    private static HeaderOperations operations(String set, String add, String remove) {
        return new HeaderOperations(headers(set), headers(add), remove.isEmpty() ? List.of() : List.of(remove));
    }

    private static List<Header> headers(String line) {
        return line.isEmpty() ? List.of() : List.of(new Header(line.split("=", 2)[0], line.split("=", 2)[1]));
    }

    private static List<String> apply(HeaderOperations rule, HeaderOperations destination, boolean only) {
        RecordedFields fields = new RecordedFields("x: 1", "x: 2", "y: 3", "host: h");
        HeaderChanges.apply(rule, destination, only, VARIABLES, fields);
        return fields.lines();
    }

    @Test
    void removesThenSetsThenAdds() {
        assertThat(apply(operations("y=4", "x=5", "x"), HeaderOperations.NONE, true))
                .containsExactly("host: h", "y: 4", "x: 5");
    }

    @Test
    void removesForBothBeforeWritingTheRulesForOneDestination() {
        assertThat(apply(operations("x=rule", "", ""), operations("", "x=destination", "x"), true))
                .containsExactly("y: 3", "host: h", "x: rule", "x: destination");
        assertThat(apply(operations("x=rule", "", ""), operations("x=destination", "", ""), true))
                .containsExactly("y: 3", "host: h", "x: destination");
    }

    @Test
    void letsTheRuleHaveTheLastWordForSeveralDestinations() {
        assertThat(apply(operations("x=rule", "", ""), operations("x=destination", "", ""), false))
                .containsExactly("y: 3", "host: h", "x: rule");
        assertThat(apply(operations("", "", "z"), operations("z=destination", "", ""), false))
                .containsExactly("x: 1", "x: 2", "y: 3", "host: h");
    }

    @Test
    void leavesHostAndPseudoHeadersAlone() {
        assertThat(apply(operations("host=other", "", "host"), operations(":path=/x", "", ":method"), true))
                .containsExactly("x: 1", "x: 2", "y: 3", "host: h");
    }

    @Test
    void changesNothingForAnEmptyValue() {
        assertThat(apply(operations("x=", "", ""), operations("x=%REQ(absent)%", "", ""), true))
                .containsExactly("x: 1", "x: 2", "y: 3", "host: h");
    }

    @Test
    void prefersTheRewritesAuthorityThenTheRulesThenTheDestinations() {
        HeaderOperations rule = operations("host=rule", "", "");
        HeaderOperations destination = operations("", ":authority=destination", "");
        assertThat(HeaderChanges.authority(new Rewrite(null, "rewritten"), rule, destination, VARIABLES))
                .isEqualTo("rewritten");
        assertThat(HeaderChanges.authority(new Rewrite(null, null), rule, destination, VARIABLES))
                .isEqualTo("rule");
        assertThat(HeaderChanges.authority(null, HeaderOperations.NONE, destination, VARIABLES))
                .isEqualTo("destination");
        assertThat(HeaderChanges.authority(null, HeaderOperations.NONE, HeaderOperations.NONE, VARIABLES))
                .isNull();
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "plain, plain",
        "100%%, 100%",
        "%DOWNSTREAM_REMOTE_ADDRESS%, [fd00::1]:5000",
        "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%, fd00::1",
        "%DOWNSTREAM_REMOTE_PORT%, 5000",
        "at %DOWNSTREAM_LOCAL_ADDRESS%!, at 10.0.0.1:80!",
        "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%%%%DOWNSTREAM_LOCAL_PORT%, 10.0.0.1%80",
        "%PROTOCOL%, HTTP/2",
        "%REQ(X-Id)%, 7",
        "<%REQ(absent)%>, <>",
        "%UNKNOWN%, %UNKNOWN%",
        "50% off, 50% off"
    })
    void replacesVariables(String value, String expected) {
        assertThat(HeaderValues.resolve(value, VARIABLES)).isEqualTo(expected);
    }
}
