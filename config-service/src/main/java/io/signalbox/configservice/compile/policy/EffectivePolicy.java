package io.signalbox.configservice.compile.policy;

import io.signalbox.configservice.registry.ClientTls;
import io.signalbox.configservice.registry.ConnectionPool;
import io.signalbox.configservice.registry.LoadBalancerSettings;
import io.signalbox.configservice.registry.OutlierDetection;
import io.signalbox.configservice.registry.TrafficPolicy;
import org.jspecify.annotations.Nullable;

/** The policy of one port and subset: what is null has its default. */
public record EffectivePolicy(
        @Nullable LoadBalancerSettings loadBalancer,
        @Nullable ConnectionPool connectionPool,
        @Nullable OutlierDetection outlierDetection,
        @Nullable ClientTls tls,
        TrafficPolicy.@Nullable RetryBudget retryBudget) {
    /** Nothing declared. */
    public static final EffectivePolicy DEFAULT = new EffectivePolicy(null, null, null, null, null);

    /** Of a rule, without a subset: settings of the port replace all of it, what they omit too. */
    static EffectivePolicy of(@Nullable TrafficPolicy policy, int port) {
        if (policy == null) {
            return DEFAULT;
        }
        TrafficPolicy.PortPolicy ofPort = ofPort(policy, port);
        return ofPort != null
                ? of(ofPort, policy.retryBudget())
                : new EffectivePolicy(
                        policy.loadBalancer(),
                        policy.connectionPool(),
                        policy.outlierDetection(),
                        policy.tls(),
                        policy.retryBudget());
    }

    /** This, under the policy of a subset: block by block, unless the subset has settings for the port. */
    EffectivePolicy under(@Nullable TrafficPolicy subset, int port) {
        if (subset == null) {
            return this;
        }
        TrafficPolicy.RetryBudget budget = subset.retryBudget() != null ? subset.retryBudget() : retryBudget;
        TrafficPolicy.PortPolicy ofPort = ofPort(subset, port);
        return ofPort != null
                ? of(ofPort, budget)
                : new EffectivePolicy(
                        subset.loadBalancer() != null ? subset.loadBalancer() : loadBalancer,
                        subset.connectionPool() != null ? subset.connectionPool() : connectionPool,
                        subset.outlierDetection() != null ? subset.outlierDetection() : outlierDetection,
                        subset.tls() != null ? subset.tls() : tls,
                        budget);
    }

    private static EffectivePolicy of(TrafficPolicy.PortPolicy policy, TrafficPolicy.@Nullable RetryBudget budget) {
        return new EffectivePolicy(
                policy.loadBalancer(), policy.connectionPool(), policy.outlierDetection(), policy.tls(), budget);
    }

    private static TrafficPolicy.@Nullable PortPolicy ofPort(TrafficPolicy policy, int port) {
        for (TrafficPolicy.PortPolicy candidate : policy.portLevelSettings()) {
            if (candidate.port() == port) {
                return candidate;
            }
        }
        return null;
    }
}
