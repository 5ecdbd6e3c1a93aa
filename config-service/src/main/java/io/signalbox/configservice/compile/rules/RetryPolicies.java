package io.signalbox.configservice.compile.rules;

import io.signalbox.config.v1.RetryCondition;
import io.signalbox.config.v1.RetryPolicy;
import io.signalbox.configservice.compile.policy.Policies;
import io.signalbox.configservice.registry.Retries;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** When and how often requests are tried again. */
public final class RetryPolicies {
    private static final String DEFAULT_RETRY_ON =
            "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";
    private static final int DEFAULT_ATTEMPTS = 2;

    private static final Map<String, RetryCondition> WORDS = Map.ofEntries(
            Map.entry("5xx", RetryCondition.RETRY_CONDITION_5XX),
            Map.entry("gateway-error", RetryCondition.RETRY_CONDITION_GATEWAY_ERROR),
            Map.entry("reset", RetryCondition.RETRY_CONDITION_RESET),
            Map.entry("reset-before-request", RetryCondition.RETRY_CONDITION_RESET_BEFORE_REQUEST),
            Map.entry("connect-failure", RetryCondition.RETRY_CONDITION_CONNECT_FAILURE),
            Map.entry("refused-stream", RetryCondition.RETRY_CONDITION_REFUSED_STREAM),
            Map.entry("retriable-4xx", RetryCondition.RETRY_CONDITION_RETRIABLE_4XX),
            Map.entry("retriable-status-codes", RetryCondition.RETRY_CONDITION_RETRIABLE_STATUS_CODES),
            Map.entry("envoy-ratelimited", RetryCondition.RETRY_CONDITION_ENVOY_RATELIMITED),
            Map.entry("cancelled", RetryCondition.RETRY_CONDITION_GRPC_CANCELLED),
            Map.entry("deadline-exceeded", RetryCondition.RETRY_CONDITION_GRPC_DEADLINE_EXCEEDED),
            Map.entry("internal", RetryCondition.RETRY_CONDITION_GRPC_INTERNAL),
            Map.entry("resource-exhausted", RetryCondition.RETRY_CONDITION_GRPC_RESOURCE_EXHAUSTED),
            Map.entry("unavailable", RetryCondition.RETRY_CONDITION_GRPC_UNAVAILABLE));

    /** Of every route that does not say otherwise. */
    public static final RetryPolicy DEFAULT = RetryPolicy.newBuilder()
            .setAttempts(DEFAULT_ATTEMPTS)
            .addAllConditions(conditions(Arrays.asList(DEFAULT_RETRY_ON.split(","))))
            .setRetryOn(DEFAULT_RETRY_ON)
            .setAvoidPreviousEndpoints(true)
            .build();

    private RetryPolicies() {}

    /**
     * What a rule declares; null: nothing is tried again.
     *
     * @param timeoutMillis of the rule, which a longer one of a single try cannot stretch; 0: none
     */
    static @Nullable RetryPolicy of(@Nullable Retries declared, int timeoutMillis) {
        if (declared == null) {
            return DEFAULT;
        }
        if (declared.attempts() <= 0) {
            return null;
        }
        int perTry = Policies.millis(declared.perTryTimeout());
        RetryPolicy.Builder built = RetryPolicy.newBuilder()
                .setAttempts(declared.attempts())
                .setPerTryTimeoutMillis(timeoutMillis > 0 && perTry > timeoutMillis ? 0 : perTry)
                .setBackoffBaseMillis(Policies.millis(declared.backoff()))
                .setAvoidPreviousEndpoints(declared.retryIgnorePreviousHosts())
                .setOtherLocalities(declared.retryRemoteLocalities());
        if (declared.retryOn().isEmpty()) {
            return built.addAllConditions(DEFAULT.getConditionsList())
                    .setRetryOn(DEFAULT_RETRY_ON)
                    .build();
        }
        TreeSet<Integer> codes = new TreeSet<>();
        for (String word : declared.retryOn()) {
            if (isCode(word)) {
                codes.add(Integer.parseInt(word));
            }
        }
        Set<RetryCondition> conditions = conditions(declared.retryOn());
        if (!codes.isEmpty()) {
            conditions.add(RetryCondition.RETRY_CONDITION_RETRIABLE_STATUS_CODES);
        }
        return built.addAllConditions(conditions)
                .addAllStatusCodes(codes)
                .setRetryOn(String.join(",", declared.retryOn()))
                .build();
    }

    /** Whether the word of {@code retryOn} is a status code. */
    static boolean isCode(String word) {
        return word.length() == 3 && word.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static Set<RetryCondition> conditions(List<String> words) {
        TreeSet<RetryCondition> conditions = new TreeSet<>();
        for (String word : words) {
            RetryCondition condition = WORDS.get(word);
            if (condition != null) {
                conditions.add(condition);
            }
        }
        return conditions;
    }
}
