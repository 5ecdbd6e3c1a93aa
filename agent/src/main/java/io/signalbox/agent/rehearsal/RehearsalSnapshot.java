package io.signalbox.agent.rehearsal;

import io.signalbox.agent.config.SnapshotUpdate;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.ConnectionPool;
import io.signalbox.agent.model.Discovery;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.HeaderOperations;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.RequestMatch;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.Snapshot;
import io.signalbox.agent.model.UpstreamProtocol;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.model.WeightedBackend;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the dataplane of the rehearsal serves.
 *
 * @param servicePort forwards what it gets
 * @param answeringPort where to
 */
record RehearsalSnapshot(int servicePort, int answeringPort) {
    /** What callers say as Host. */
    static final String HOST = "rehearsal.signalbox";

    /** What they ask for. */
    static final String PATH = "/rehearsal/1";

    /** Bytes of every body. */
    static final int BODY_BYTES = 100;

    SnapshotUpdate update() {
        String backend = HOST + ":" + servicePort;
        Route forward = new Route(
                null,
                List.of(
                        onPath(new PathMatch.Exact("/other", false)),
                        onPath(new PathMatch.SegmentPrefix("/rehearsal"))),
                RouteAction.Forward.to(WeightedBackend.of(backend, 1)),
                HeaderOperations.NONE,
                HeaderOperations.NONE,
                null,
                null);
        Route answer = Route.of(
                null, new RouteAction.DirectResponse(200, "x".repeat(BODY_BYTES).getBytes(StandardCharsets.US_ASCII)));
        Map<Integer, PortSnapshot> ports = Map.of(
                servicePort, port(servicePort, forward, Map.of(backend, backend(backend))),
                answeringPort, port(answeringPort, answer, Map.of()));
        return new SnapshotUpdate(new Snapshot(ports, NodeWorkloads.EMPTY), ports.keySet(), Set.of(), true);
    }

    private static RequestMatch onPath(PathMatch path) {
        return new RequestMatch("", path, null, null, null, List.of(), List.of(), List.of(), Map.of());
    }

    private static PortSnapshot port(int port, Route route, Map<String, Backend> backends) {
        VirtualHost host = new VirtualHost(
                HOST,
                HOST,
                List.of(HostPattern.of(HOST)),
                List.of(route),
                List.of(InetAddress.getLoopbackAddress()),
                null);
        return new PortSnapshot(port, new Version("rehearsal"), List.of(), List.of(), Map.of(HOST, host), backends);
    }

    private Backend backend(String name) {
        return new Backend(
                name,
                HOST,
                servicePort,
                "",
                Discovery.STATIC,
                0,
                LoadBalancer.LEAST_REQUEST,
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
                List.of(BackendEndpoint.at(new Endpoint(InetAddress.getLoopbackAddress(), answeringPort))));
    }
}
