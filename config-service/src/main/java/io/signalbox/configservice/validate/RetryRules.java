package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.Retries;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
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
    /** Statuses that have a name. */
    private static final Pattern STATUS =
            Pattern.compile("10[0-3]|20[0-8]|226|30[0-57-8]|40[0-9]|41[0-8]|42[1-68-9]|431|451|50[0-8]|51[01]");

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
            } else if (!WORDS.contains(word) && !STATUS.matcher(word).matches()) {
                findings.error(
                        path + ".retryOn",
                        Names.quoted(word) + " (expected: an HTTP status or a condition such as 5xx or connect-failure,"
                                + " separated by commas without spaces)");
            }
        }
    }
}
