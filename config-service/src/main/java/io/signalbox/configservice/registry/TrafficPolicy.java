package io.signalbox.configservice.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How traffic to a destination is handled. What is absent is not declared.
 *
 * @param portLevelSettings in place of all of this for single ports
 */
public record TrafficPolicy(
        @Nullable LoadBalancerSettings loadBalancer,
        @Nullable ConnectionPool connectionPool,
        @Nullable OutlierDetection outlierDetection,
        @Nullable ClientTls tls,
        @Nullable RetryBudget retryBudget,
        List<PortPolicy> portLevelSettings) {
    public TrafficPolicy {
        portLevelSettings = List.copyOf(portLevelSettings);
    }

    /**
     * The policy of one port.
     *
     * @param port service port
     */
    public record PortPolicy(
            int port,
            @Nullable LoadBalancerSettings loadBalancer,
            @Nullable ConnectionPool connectionPool,
            @Nullable OutlierDetection outlierDetection,
            @Nullable ClientTls tls) {}

    /**
     * How many retries may be under way.
     *
     * @param percent of the requests under way, 0 to 100; 20 when not declared
     * @param minRetryConcurrency always allowed; 3 when not declared
     */
    public record RetryBudget(double percent, int minRetryConcurrency) {}
}
