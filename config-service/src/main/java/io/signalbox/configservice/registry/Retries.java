package io.signalbox.configservice.registry;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a failed request is tried again.
 *
 * @param attempts tries after the first; 0: none
 * @param perTryTimeout absent: that of the rule
 * @param retryOn conditions as declared, split at the commas: words and status codes; empty: the default ones
 * @param backoff base of the pause between tries; absent: the default
 * @param retryRemoteLocalities whether a retry may go to another locality
 * @param retryIgnorePreviousHosts whether a retry prefers an endpoint not tried before; true when not declared
 */
public record Retries(
        int attempts,
        @Nullable Duration perTryTimeout,
        List<String> retryOn,
        @Nullable Duration backoff,
        boolean retryRemoteLocalities,
        boolean retryIgnorePreviousHosts) {
    public Retries {
        retryOn = List.copyOf(retryOn);
    }
}
