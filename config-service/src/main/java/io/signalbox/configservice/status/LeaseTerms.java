package io.signalbox.configservice.status;

import java.time.Duration;

/**
 * How replicas agree on who writes.
 *
 * @param namespace where the lease is
 * @param identity who this replica is; unlike any other's
 * @param duration how long a lease counts that is not renewed
 * @param renewDeadline how long its holder tries to renew it before it gives up; less than {@code duration}
 * @param retryPeriod how often the lease is looked at
 */
public record LeaseTerms(
        String namespace, String identity, Duration duration, Duration renewDeadline, Duration retryPeriod) {
    /** Name of the lease. */
    public static final String NAME = "signalbox-config-service";

    /** The terms that Kubernetes' own controllers use. */
    public static LeaseTerms of(String namespace, String identity) {
        return new LeaseTerms(
                namespace, identity, Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
    }
}
