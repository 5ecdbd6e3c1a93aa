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
                List.of(Route.of(null, RouteAction.Forward.to(WeightedBackend.of(name, 1)))),
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
