package io.signalbox.agent.testkit;

import io.signalbox.agent.config.SnapshotUpdate;
import io.signalbox.agent.model.AddressFrontend;
import io.signalbox.agent.model.Audience;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.Cidr;
import io.signalbox.agent.model.ConnectionPool;
import io.signalbox.agent.model.Discovery;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.FrontendProtocol;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.L4Route;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.RetryCondition;
import io.signalbox.agent.model.RetryPolicy;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.Snapshot;
import io.signalbox.agent.model.UpstreamProtocol;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.model.WeightedBackend;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Small snapshots. */
public final class Snapshots {
    /** The retries of a route for which the operator says nothing. */
    public static final RetryPolicy DEFAULT_RETRIES = new RetryPolicy(
            2,
            0,
            Set.of(
                    RetryCondition.CONNECT_FAILURE,
                    RetryCondition.REFUSED_STREAM,
                    RetryCondition.GRPC_UNAVAILABLE,
                    RetryCondition.GRPC_CANCELLED,
                    RetryCondition.RETRIABLE_STATUS_CODES),
            Set.of(),
            "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes",
            25,
            true,
            false);

    private Snapshots() {}

    /** An address from its text. */
    public static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** Endpoints on 127.0.0.1. */
    public static List<Endpoint> local(int... ports) {
        return Arrays.stream(ports)
                .mapToObj(port -> new Endpoint(address("127.0.0.1"), port))
                .toList();
    }

    /** A backend at known addresses, with no policy besides the load balancer. */
    public static Backend backend(
            String name, String host, int port, LoadBalancer loadBalancer, List<Endpoint> endpoints) {
        return new Backend(
                name,
                host,
                port,
                "",
                Discovery.STATIC,
                0,
                loadBalancer,
                null,
                null,
                null,
                ConnectionPool.DEFAULT,
                null,
                null,
                false,
                null,
                UpstreamProtocol.AS_CALLER,
                null,
                endpoints.stream().map(BackendEndpoint::at).toList());
    }

    /** That backend, with endpoints that speak another protocol. */
    public static Backend speaking(Backend backend, UpstreamProtocol protocol) {
        return new Backend(
                backend.name(),
                backend.host(),
                backend.port(),
                backend.subset(),
                backend.discovery(),
                backend.targetPort(),
                backend.loadBalancer(),
                backend.consistentHash(),
                backend.warmUp(),
                backend.locality(),
                backend.connectionPool(),
                backend.outlierDetection(),
                backend.tls(),
                backend.nodeLocal(),
                backend.policyRule(),
                protocol,
                backend.retryBudget(),
                backend.endpoints());
    }

    /** A default route, with the retries that the config service gives it. */
    public static Route route(String backend) {
        return Route.of(
                null,
                new RouteAction.Forward(List.of(WeightedBackend.of(backend, 1)), null, 0, DEFAULT_RETRIES, List.of()));
    }

    /** A route for opaque connections, without conditions. */
    public static L4Route l4Route(String service, String backend) {
        return new L4Route(null, service, "", null, Map.of(), List.of(WeightedBackend.of(backend, 1)));
    }

    /** One HTTP service that answers to one Host value for all callers. */
    public static PortSnapshot http(
            int port, String serviceAddress, String host, LoadBalancer policy, List<Endpoint> endpoints) {
        String name = host + ":" + port;
        VirtualHost virtualHost = new VirtualHost(
                host,
                host,
                List.of(HostPattern.of(host)),
                List.of(route(name)),
                List.of(address(serviceAddress)),
                null);
        return new PortSnapshot(
                port,
                new Version("v-" + endpoints.hashCode()),
                List.of(),
                List.of(),
                Map.of(host, virtualHost),
                Map.of(name, backend(name, host, port, policy, endpoints)));
    }

    /** One HTTP service that answers to one Host value for all callers, with routes and backends of its own. */
    public static PortSnapshot rules(
            int port, String serviceAddress, String host, List<Route> routes, List<Backend> backends) {
        VirtualHost virtualHost = new VirtualHost(
                host, host, List.of(HostPattern.of(host)), routes, List.of(address(serviceAddress)), null);
        Map<String, Backend> byName = new HashMap<>();
        backends.forEach(backend -> byName.put(backend.name(), backend));
        return new PortSnapshot(
                port, new Version("v-" + routes.hashCode()), List.of(), List.of(), Map.of(host, virtualHost), byName);
    }

    /** One TCP service. */
    public static PortSnapshot tcp(
            int port, String serviceAddress, FrontendProtocol protocol, List<Endpoint> endpoints) {
        String name = "tcp:" + port;
        InetAddress address = address(serviceAddress);
        return new PortSnapshot(
                port,
                new Version("v-" + endpoints.hashCode()),
                List.of(new AddressFrontend(
                        new Cidr(address, address.getAddress().length * 8),
                        Audience.EVERYONE,
                        "tcp",
                        protocol,
                        null,
                        List.of(l4Route("tcp", name)),
                        false)),
                List.of(),
                Map.of(),
                Map.of(name, backend(name, "tcp", port, LoadBalancer.ROUND_ROBIN, endpoints)));
    }

    /** An update that puts these ports in force. */
    public static SnapshotUpdate update(PortSnapshot... ports) {
        Map<Integer, PortSnapshot> byPort = new HashMap<>();
        for (PortSnapshot port : ports) {
            byPort.put(port.port(), port);
        }
        return new SnapshotUpdate(
                new Snapshot(byPort, NodeWorkloads.EMPTY), Set.copyOf(byPort.keySet()), Set.of(), true);
    }
}
