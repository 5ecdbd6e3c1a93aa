package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.Retries;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules for retries. */
final class RetryRules {
    private static final Set<String> WORDS = Set.of(
            "5xx",
            "gateway-error",
            "reset",
            "reset-before-request",
            "connect-failure",
            "retriable-4xx",
            "refused-stream",
            "retriable-status-codes",
            "envoy-ratelimited",
            "cancelled",
            "deadline-exceeded",
            "internal",
            "resource-exhausted",
            "unavailable");
    private static final Set<String> WORDS_WITHOUT_EFFECT = Set.of("retriable-headers", "http3-post-connect-failure");
    private static final int MIN_STATUS = 100;
    private static final int MAX_STATUS = 599;

    private final String path;
    private final Findings findings;

    RetryRules(String path, Findings findings) {
        this.path = path;
        this.findings = findings;
    }

    void check(@Nullable Retries retries, @Nullable Duration timeout) {
        if (retries == null) {
            return;
        }
        Duration perTry = retries.perTryTimeout();
        if (retries.attempts() < 0) {
            findings.error(path + ".attempts", retries.attempts() + " (expected: 0 or more)");
        } else if (retries.attempts() == 0
                && (perTry != null || !retries.retryOn().isEmpty())) {
            findings.warning(path + ".attempts", "is not declared, so nothing is retried (expected: 1 or more)");
        }
        Values.duration(perTry, path + ".perTryTimeout", findings);
        Values.duration(retries.backoff(), path + ".backoff", findings);
        if (perTry != null && timeout != null && !timeout.isZero() && perTry.compareTo(timeout) > 0) {
            findings.warning(path + ".perTryTimeout", "is longer than the timeout and has no effect");
        }
        for (String word : retries.retryOn()) {
            if (WORDS_WITHOUT_EFFECT.contains(word)) {
                findings.warning(path + ".retryOn", word + " is not supported and has no effect");
            } else if (!WORDS.contains(word) && !isStatus(word)) {
                findings.error(
                        path + ".retryOn",
                        Names.quoted(word) + " (expected: an HTTP status or a condition such as 5xx or connect-failure,"
                                + " separated by commas without spaces)");
            }
        }
    }

    private static boolean isStatus(String word) {
        if (word.length() != 3 || !word.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        int status = Integer.parseInt(word);
        return status >= MIN_STATUS && status <= MAX_STATUS;
    }
}
