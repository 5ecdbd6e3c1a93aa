package io.signalbox.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where traffic goes: a service port with its policy and endpoints.
 *
 * @param name unique within the port: {@code host:port} or {@code host:port/subset}; what may follow tells objects and
 *     policies apart
 * @param host host name of the service
 * @param port service port, not the target port
 * @param subset empty: none
 * @param discovery where the endpoints come from
 * @param targetPort with {@link Discovery#ORIGINAL_DESTINATION} and {@link Discovery#DYNAMIC_DNS}: the port that is
 *     dialled instead of the original or the service port; 0: none
 * @param loadBalancer how an endpoint is chosen
 * @param consistentHash with {@link LoadBalancer#CONSISTENT_HASH}; else null
 * @param warmUp null: none
 * @param locality null: all endpoints are equal, wherever they are
 * @param connectionPool limits and timeouts
 * @param outlierDetection null: nobody is ejected
 * @param tls null: plain text
 * @param nodeLocal whether only endpoints on the caller's node count
 * @param policyRule the DestinationRule that the policy came from; null: none
 * @param upstreamProtocol what HTTP is spoken to the endpoints
 * @param retryBudget null: only {@link ConnectionPool#maxRetries} limits retries
 * @param endpoints may be empty: then requests are answered 503 and connections closed
 */
public record Backend(
        String name,
        String host,
        int port,
        String subset,
        Discovery discovery,
        int targetPort,
        LoadBalancer loadBalancer,
        @Nullable ConsistentHash consistentHash,
        @Nullable WarmUp warmUp,
        @Nullable LocalityPolicy locality,
        ConnectionPool connectionPool,
        @Nullable OutlierDetection outlierDetection,
        @Nullable TlsOrigination tls,
        boolean nodeLocal,
        @Nullable RuleRef policyRule,
        UpstreamProtocol upstreamProtocol,
        @Nullable RetryBudget retryBudget,
        List<BackendEndpoint> endpoints) {
    public Backend {
        endpoints = List.copyOf(endpoints);
    }
}
