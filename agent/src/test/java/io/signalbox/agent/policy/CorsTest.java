package io.signalbox.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.signalbox.agent.model.CorsPolicy;
import io.signalbox.agent.model.StringMatch;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CorsTest {
    private static CorsPolicy policy(boolean forwardUnmatched) {
        return new CorsPolicy(
                List.of(
                        new StringMatch.Exact("https://exact"),
                        new StringMatch.Prefix("https://pre"),
                        new StringMatch.Regex(Pattern.compile("https://r[0-9]+"))),
                "GET,PUT",
                "x-a",
                "x-b",
                600,
                true,
                forwardUnmatched);
    }

    @ParameterizedTest(name = "{0} {1} {2} forwarding {3}: {4}")
    @CsvSource({
        "GET, https://exact, , true, ALLOWED",
        "GET, https://prefixed, , true, ALLOWED",
        "GET, https://r12, , true, ALLOWED",
        "GET, https://r12x, , true, NONE",
        "GET, https://EXACT, , true, NONE",
        "GET, , , true, NONE",
        "OPTIONS, https://exact, GET, true, PREFLIGHT",
        "OPTIONS, https://exact, , true, ALLOWED",
        "POST, https://exact, GET, true, ALLOWED",
        "OPTIONS, https://other, GET, true, NONE",
        "OPTIONS, https://other, GET, false, PREFLIGHT_REFUSED",
        "GET, https://other, , false, NONE"
    })
    void decides(
            String method,
            @Nullable String origin,
            @Nullable String requestMethod,
            boolean forwardUnmatched,
            Cors.Decision expected) {
        assertThat(Cors.decide(policy(forwardUnmatched), method, origin, requestMethod))
                .isEqualTo(expected);
    }

    @Test
    void answersAPreflight() {
        RecordedFields answer = new RecordedFields();
        Cors.answerPreflight(policy(true), "https://exact", answer);
        assertThat(answer.lines())
                .containsExactly(
                        "access-control-allow-origin: https://exact",
                        "access-control-allow-credentials: true",
                        "access-control-allow-methods: GET,PUT",
                        "access-control-allow-headers: x-a",
                        "access-control-expose-headers: x-b",
                        "access-control-max-age: 600");
    }

    @Test
    void replacesWhatTheBackendSays() {
        RecordedFields response = new RecordedFields("access-control-allow-origin: *");
        Cors.changeResponse(new CorsPolicy(List.of(), "GET", "x-a", "", null, false, true), "https://exact", response);
        assertThat(response.lines()).containsExactly("access-control-allow-origin: https://exact");
    }
}
