package io.signalbox.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.model.RetryCondition;
import io.signalbox.agent.model.RetryPolicy;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryRulesTest {
    private static final String DEFAULTS =
            "CONNECT_FAILURE REFUSED_STREAM GRPC_UNAVAILABLE GRPC_CANCELLED RETRIABLE_STATUS_CODES";

    private static RetryPolicy policy(@Nullable String conditions, Integer... codes) {
        Set<RetryCondition> set = conditions == null
                ? Set.of()
                : Arrays.stream(conditions.split(" "))
                        .map(RetryCondition::valueOf)
                        .collect(Collectors.toSet());
        return new RetryPolicy(2, 0, set, Set.of(codes), "", 25, true, false);
    }

    @ParameterizedTest(name = "{0} after {1}: {2}")
    @CsvSource({
        DEFAULTS + ", CONNECT_FAILURE, true",
        DEFAULTS + ", REFUSED_STREAM, true",
        DEFAULTS + ", RESET, false",
        DEFAULTS + ", RESET_BEFORE_REQUEST, false",
        DEFAULTS + ", TIMEOUT, false",
        "SERVER_ERROR, RESET, true",
        "SERVER_ERROR, TIMEOUT, true",
        "SERVER_ERROR, CONNECT_FAILURE, true",
        "GATEWAY_ERROR, RESET, true",
        "RESET, REFUSED_STREAM, true",
        "RESET, TIMEOUT, true",
        "RESET_BEFORE_REQUEST, RESET_BEFORE_REQUEST, true",
        "RESET_BEFORE_REQUEST, RESET, false",
        "SERVER_ERROR RESET GATEWAY_ERROR, OVERFLOW, false",
        "RETRIABLE_4XX, CONNECT_FAILURE, false"
    })
    void judgesFailures(String conditions, AttemptFailure failure, boolean retried) {
        assertThat(RetryRules.afterFailure(policy(conditions), failure)).isEqualTo(retried);
    }

    @ParameterizedTest(name = "{0} after {1} grpc {2} limited {3}: {4}")
    @CsvSource({
        DEFAULTS + ", 503, -1, false, false",
        DEFAULTS + ", 200, 14, false, true",
        DEFAULTS + ", 200, 1, false, true",
        DEFAULTS + ", 200, 13, false, false",
        "SERVER_ERROR, 500, -1, false, true",
        "SERVER_ERROR, 499, -1, false, false",
        "GATEWAY_ERROR, 501, -1, false, false",
        "GATEWAY_ERROR, 502, -1, false, true",
        "GATEWAY_ERROR, 504, -1, false, true",
        "GATEWAY_ERROR, 505, -1, false, false",
        "RETRIABLE_4XX, 409, -1, false, true",
        "RETRIABLE_4XX, 404, -1, false, false",
        "SERVER_ERROR, 503, -1, true, false",
        "ENVOY_RATELIMITED, 429, -1, true, true",
        "ENVOY_RATELIMITED, 429, -1, false, false",
        "GRPC_DEADLINE_EXCEEDED, 200, 4, false, true",
        "GRPC_RESOURCE_EXHAUSTED, 200, 8, false, true",
        "GRPC_INTERNAL, 200, 13, false, true",
        "GRPC_INTERNAL, 200, 0, false, false"
    })
    void judgesResponses(String conditions, int status, int grpcStatus, boolean limited, boolean retried) {
        assertThat(RetryRules.afterResponse(policy(conditions), status, grpcStatus, limited))
                .isEqualTo(retried);
    }

    @Test
    void judgesNamedStatusCodes() {
        RetryPolicy policy = policy("RETRIABLE_STATUS_CODES", 503, 404);
        assertThat(RetryRules.afterResponse(policy, 503, -1, false)).isTrue();
        assertThat(RetryRules.afterResponse(policy, 404, -1, false)).isTrue();
        assertThat(RetryRules.afterResponse(policy, 500, -1, false)).isFalse();
        assertThat(RetryRules.afterFailure(policy, AttemptFailure.RESET)).isFalse();
    }

    @Test
    void keepsBodiesOnlyWhereTheyCanBeNeeded() {
        assertThat(RetryRules.needsBody(policy(DEFAULTS), false)).isFalse();
        assertThat(RetryRules.needsBody(policy(DEFAULTS), true)).isTrue();
        assertThat(RetryRules.needsBody(policy("RETRIABLE_STATUS_CODES", 503), false))
                .isTrue();
        assertThat(RetryRules.needsBody(policy("RESET"), false)).isTrue();
        assertThat(RetryRules.needsBody(policy(null), true)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1, 25", "2, 75", "3, 175", "4, 250", "40, 250"})
    void backsOffWithFullJitter(int retry, long bound) {
        Random random = new Random(1);
        long longest = 0;
        for (int i = 0; i < 10_000; i++) {
            long millis = Backoff.millis(retry, 25, random);
            assertThat(millis).isBetween(0L, bound - 1);
            longest = Math.max(longest, millis);
        }
        assertThat(longest).isEqualTo(bound - 1);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1000000, 100000, 100000", "5000, 300, 700", "1, 0, 5"})
    void drawsPerMillion(int perMillion, int atLeast, int atMost) {
        Random random = new Random(1);
        int hits = 0;
        for (int i = 0; i < 100_000; i++) {
            hits += Draw.hits(perMillion, random) ? 1 : 0;
        }
        assertThat(hits).isBetween(atLeast, atMost);
    }
}
