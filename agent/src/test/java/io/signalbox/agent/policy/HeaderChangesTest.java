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

    private static List<String> apply(HeaderOperations destination, HeaderOperations route) {
        RecordedFields fields = new RecordedFields("x: 1", "x: 2", "y: 3", "host: h");
        HeaderChanges.apply(destination, route, VARIABLES, fields);
        return fields.lines();
    }

    @Test
    void removesThenSetsThenAdds() {
        assertThat(apply(HeaderOperations.NONE, operations("y=4", "x=5", "x")))
                .containsExactly("host: h", "y: 4", "x: 5");
    }

    @Test
    void letsTheRouteHaveTheLastWord() {
        assertThat(apply(operations("x=destination", "", ""), operations("x=route", "", "")))
                .containsExactly("y: 3", "host: h", "x: route");
        assertThat(apply(operations("z=destination", "", ""), operations("", "", "z")))
                .containsExactly("x: 1", "x: 2", "y: 3", "host: h");
    }

    @Test
    void leavesHostAndPseudoHeadersAlone() {
        assertThat(apply(operations(":path=/x", "", ":method"), operations("host=other", "", "host")))
                .containsExactly("x: 1", "x: 2", "y: 3", "host: h");
    }

    @Test
    void leavesFramingAlone() {
        assertThat(apply(operations("content-length=5", "connection=x", ""), operations("te=x", "upgrade=y", "te")))
                .containsExactly("x: 1", "x: 2", "y: 3", "host: h");
    }

    @Test
    void changesNothingForAnEmptyValue() {
        assertThat(apply(operations("x=%REQ(absent)%", "", ""), operations("x=", "", "")))
                .containsExactly("x: 1", "x: 2", "y: 3", "host: h");
    }

    @Test
    void prefersTheRewritesAuthorityToTheDestinations() {
        HeaderOperations destination = operations("", ":authority=destination", "");
        assertThat(HeaderChanges.authority(new Rewrite(null, "rewritten"), destination))
                .isEqualTo("rewritten");
        assertThat(HeaderChanges.authority(new Rewrite(null, null), destination))
                .isEqualTo("destination");
        assertThat(HeaderChanges.authority(null, operations("host=set", "", "")))
                .isEqualTo("set");
        assertThat(HeaderChanges.authority(null, HeaderOperations.NONE)).isNull();
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
