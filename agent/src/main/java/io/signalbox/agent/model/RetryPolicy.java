package io.signalbox.agent.model;

import java.util.Set;

/**
 * When and how often a request is tried again.
 *
 * @param attempts after the first try; at least 1
 * @param perTryTimeoutMillis 0: the route's timeout
 * @param conditions what is tried again
 * @param statusCodes of backends' responses that are tried again, where the conditions name them
 * @param retryOn the rule's own text, for people
 * @param backoffBaseMillis back-off is drawn from 0 to (2^n - 1) times this, at most 10 times this
 * @param avoidPreviousEndpoints whether endpoints that were tried before are avoided
 * @param otherLocalities whether other localities than the preferred may be tried
 */
public record RetryPolicy(
        int attempts,
        int perTryTimeoutMillis,
        Set<RetryCondition> conditions,
        Set<Integer> statusCodes,
        String retryOn,
        int backoffBaseMillis,
        boolean avoidPreviousEndpoints,
        boolean otherLocalities) {
    public RetryPolicy {
        conditions = Set.copyOf(conditions);
        statusCodes = Set.copyOf(statusCodes);
    }
}
