package io.signalbox.agent.testkit;

import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.ConnectionPool;
import io.signalbox.agent.model.ConsistentHash;
import io.signalbox.agent.model.Discovery;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.FrontendProtocol;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.LocalityPolicy;
import io.signalbox.agent.model.OutlierDetection;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.RetryBudget;
import io.signalbox.agent.model.TlsOrigination;
import io.signalbox.agent.model.UpstreamProtocol;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.model.WarmUp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A backend in the making: a test sets what it is about. */
public final class BackendSpec {
    public String name = "web:80";
    public String host = "web";
    public int port = 80;
    public Discovery discovery = Discovery.STATIC;
    public int targetPort;
    public LoadBalancer loadBalancer = LoadBalancer.ROUND_ROBIN;
    public @Nullable ConsistentHash consistentHash;
    public @Nullable WarmUp warmUp;
    public @Nullable LocalityPolicy locality;
    public @Nullable OutlierDetection outlierDetection;
    public @Nullable TlsOrigination tls;
    public boolean nodeLocal;
    public UpstreamProtocol upstreamProtocol = UpstreamProtocol.AS_CALLER;
    public @Nullable RetryBudget retryBudget;
    public List<BackendEndpoint> endpoints = new ArrayList<>();

    // The parts of a ConnectionPool; 0: none.
    public int connectTimeoutMillis;
    public int tcpIdleTimeoutMillis;
    public int maxConnections;
    public int maxConnectionDurationMillis;
    public ConnectionPool.@Nullable Keepalive keepalive;
    public int maxPendingRequests;
    public int maxRequests;
    public int maxRequestsPerConnection;
    public int maxRetries;
    public int httpIdleTimeoutMillis;
    public int maxConcurrentStreams;

    /** Endpoints at known addresses, in place of those before. */
    public BackendSpec at(Endpoint... addresses) {
        endpoints = new ArrayList<>();
        for (Endpoint address : addresses) {
            endpoints.add(BackendEndpoint.at(address));
        }
        return this;
    }

    /** A port on which HTTP with this backend's host as Host goes to it. */
    public PortSnapshot http(int listenPort, String serviceAddress) {
        name = host + ":" + listenPort;
        return with(Snapshots.http(listenPort, serviceAddress, host, loadBalancer, List.of()));
    }

    /** A port on which every connection to one address goes to it. */
    public PortSnapshot tcp(int listenPort, String serviceAddress) {
        name = "tcp:" + listenPort;
        return with(Snapshots.tcp(listenPort, serviceAddress, FrontendProtocol.TCP, List.of()));
    }

    private PortSnapshot with(PortSnapshot port) {
        Backend backend = build();
        return new PortSnapshot(
                port.port(),
                new Version("v-" + backend.hashCode()),
                port.addressFrontends(),
                port.sniFrontends(),
                port.virtualHosts(),
                Map.of(name, backend));
    }

    /** The backend. */
    public Backend build() {
        return new Backend(
                name,
                host,
                port,
                "",
                discovery,
                targetPort,
                loadBalancer,
                consistentHash,
                warmUp,
                locality,
                new ConnectionPool(
                        connectTimeoutMillis,
                        tcpIdleTimeoutMillis,
                        maxConnections,
                        maxConnectionDurationMillis,
                        keepalive,
                        maxPendingRequests,
                        maxRequests,
                        maxRequestsPerConnection,
                        maxRetries,
                        httpIdleTimeoutMillis,
                        maxConcurrentStreams),
                outlierDetection,
                tls,
                nodeLocal,
                null,
                upstreamProtocol,
                retryBudget,
                endpoints);
    }
}
