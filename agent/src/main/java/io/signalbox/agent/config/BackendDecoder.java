package io.signalbox.agent.config;

import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.ConnectionPool;
import io.signalbox.agent.model.ConsistentHash;
import io.signalbox.agent.model.Discovery;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.UpstreamProtocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Backends and their endpoints. */
final class BackendDecoder {
    private static final int MAX_PORT = 65_535;

    private BackendDecoder() {}

    static Backend backend(String name, io.signalbox.config.v1.Backend proto) throws ContentException {
        Discovery discovery = switch (proto.getDiscovery()) {
            case DISCOVERY_STATIC -> Discovery.STATIC;
            case DISCOVERY_ORIGINAL_DESTINATION -> Discovery.ORIGINAL_DESTINATION;
            case DISCOVERY_DNS -> Discovery.DNS;
            case DISCOVERY_DNS_ROUND_ROBIN -> Discovery.DNS_ROUND_ROBIN;
            case DISCOVERY_DYNAMIC_DNS -> Discovery.DYNAMIC_DNS;
            case DISCOVERY_UNSPECIFIED, UNRECOGNIZED ->
                throw Fields.unknownEnum(name + ": discovery", proto.getDiscoveryValue());
        };
        LoadBalancer loadBalancer = loadBalancer(name, proto, discovery);
        return new Backend(
                proto.getName(),
                proto.getHost(),
                AddressDecoder.port(name + ": port", proto.getPort()),
                proto.getSubset(),
                discovery,
                Fields.range(name + ": target_port", proto.getTargetPort(), 0, MAX_PORT),
                loadBalancer,
                consistentHash(name, proto, loadBalancer),
                proto.hasWarmUp() ? BackendPolicyDecoder.warmUp(name + ": warm_up", proto.getWarmUp()) : null,
                proto.hasLocality() ? BackendPolicyDecoder.locality(name + ": locality", proto.getLocality()) : null,
                proto.hasConnectionPool()
                        ? BackendPolicyDecoder.connectionPool(name + ": connection_pool", proto.getConnectionPool())
                        : ConnectionPool.DEFAULT,
                proto.hasOutlierDetection()
                        ? BackendPolicyDecoder.outlierDetection(
                                name + ": outlier_detection", proto.getOutlierDetection())
                        : null,
                proto.hasTls() ? BackendPolicyDecoder.tls(name + ": tls", proto.getTls()) : null,
                proto.getNodeLocal(),
                proto.hasPolicyRule() ? RouteDecoder.rule(proto.getPolicyRule()) : null,
                upstreamProtocol(name, proto),
                proto.hasRetryBudget()
                        ? BackendPolicyDecoder.retryBudget(name + ": retry_budget", proto.getRetryBudget())
                        : null,
                endpoints(name, proto, discovery));
    }

    private static LoadBalancer loadBalancer(String name, io.signalbox.config.v1.Backend proto, Discovery discovery)
            throws ContentException {
        LoadBalancer loadBalancer = switch (proto.getLoadBalancer()) {
            case LOAD_BALANCER_LEAST_REQUEST -> LoadBalancer.LEAST_REQUEST;
            case LOAD_BALANCER_PEAK_EWMA -> LoadBalancer.PEAK_EWMA;
            case LOAD_BALANCER_ROUND_ROBIN -> LoadBalancer.ROUND_ROBIN;
            case LOAD_BALANCER_RANDOM -> LoadBalancer.RANDOM;
            case LOAD_BALANCER_PASSTHROUGH -> LoadBalancer.PASSTHROUGH;
            case LOAD_BALANCER_CONSISTENT_HASH -> LoadBalancer.CONSISTENT_HASH;
            case LOAD_BALANCER_UNSPECIFIED, UNRECOGNIZED ->
                throw Fields.unknownEnum(name + ": load_balancer", proto.getLoadBalancerValue());
        };
        if ((loadBalancer == LoadBalancer.PASSTHROUGH) != (discovery == Discovery.ORIGINAL_DESTINATION)) {
            throw Fields.bad(
                    name + ": load_balancer",
                    loadBalancer + " with discovery " + discovery,
                    "PASSTHROUGH with ORIGINAL_DESTINATION, and with nothing else");
        }
        return loadBalancer;
    }

    private static UpstreamProtocol upstreamProtocol(String name, io.signalbox.config.v1.Backend proto)
            throws ContentException {
        return switch (proto.getUpstreamProtocol()) {
            // Where no HTTP is known of it may still be found in the bytes: then it goes on as it came.
            case UPSTREAM_PROTOCOL_UNSPECIFIED, UPSTREAM_PROTOCOL_AS_CALLER -> UpstreamProtocol.AS_CALLER;
            case UPSTREAM_PROTOCOL_HTTP1 -> UpstreamProtocol.HTTP1;
            case UPSTREAM_PROTOCOL_HTTP2 -> UpstreamProtocol.HTTP2;
            case UNRECOGNIZED ->
                throw Fields.unknownEnum(name + ": upstream_protocol", proto.getUpstreamProtocolValue());
        };
    }

    private static @Nullable ConsistentHash consistentHash(
            String name, io.signalbox.config.v1.Backend proto, LoadBalancer loadBalancer) throws ContentException {
        boolean isWanted = loadBalancer == LoadBalancer.CONSISTENT_HASH;
        if (isWanted != proto.hasConsistentHash()) {
            throw Fields.bad(
                    name + ": consistent_hash",
                    proto.hasConsistentHash() ? "set" : "absent",
                    isWanted ? "set, since load_balancer wants it" : "absent with load_balancer " + loadBalancer);
        }
        return isWanted
                ? BackendPolicyDecoder.consistentHash(name + ": consistent_hash", proto.getConsistentHash())
                : null;
    }

    private static List<BackendEndpoint> endpoints(
            String name, io.signalbox.config.v1.Backend proto, Discovery discovery) throws ContentException {
        List<BackendEndpoint> endpoints = new ArrayList<>(proto.getEndpointsCount());
        Set<String> seen = HashSet.newHashSet(proto.getEndpointsCount());
        for (int i = 0; i < proto.getEndpointsCount(); i++) {
            String where = name + ": endpoints[" + i + "]";
            BackendEndpoint endpoint = endpoint(where, proto.getEndpoints(i), discovery);
            if (!seen.add(endpoint.toString())) {
                throw ContentException.invalid(where + ": " + endpoint + " (expected: each endpoint once)");
            }
            endpoints.add(endpoint);
        }
        return endpoints;
    }

    private static BackendEndpoint endpoint(String where, io.signalbox.config.v1.Endpoint proto, Discovery discovery)
            throws ContentException {
        String hostName = proto.getHostName();
        boolean isResolved = hostName.isEmpty();
        if (!isResolved && !proto.getAddress().isEmpty()) {
            throw Fields.bad(where + ".host_name", "'" + hostName + "'", "empty beside an address");
        }
        if (!isResolved && discovery == Discovery.STATIC) {
            throw Fields.bad(where + ".host_name", "'" + hostName + "'", "an address, since discovery is STATIC");
        }
        int port = AddressDecoder.port(where + ".port", proto.getPort());
        return new BackendEndpoint(
                isResolved ? new Endpoint(AddressDecoder.address(where + ".address", proto.getAddress()), port) : null,
                hostName,
                port,
                Math.max(1, Fields.number(where + ".weight", proto.getWeight())),
                proto.getLocality(),
                proto.getNode(),
                proto.getPriorityLabelsList());
    }
}
