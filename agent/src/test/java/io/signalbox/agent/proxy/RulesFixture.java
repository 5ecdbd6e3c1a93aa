package io.signalbox.agent.proxy;

import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.config.SnapshotUpdate;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.OutboundPolicy;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.Snapshot;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.stats.BackendStats;
import io.signalbox.agent.stats.LoopStats;
import io.signalbox.agent.testkit.HttpCaller;
import io.signalbox.agent.testkit.HttpKind;
import io.signalbox.agent.testkit.RouteSpec;
import io.signalbox.agent.testkit.ScriptedBackend;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.TestDataplane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A dataplane with one service {@code web}, and what speaks to it and behind it. */
final class RulesFixture implements AutoCloseable {
    static final String ADDRESS = "127.9.1.1";

    private final HttpKind kind;
    private final List<Runnable> open = new ArrayList<>();
    private final Dataplane dataplane = TestDataplane.start(TestDataplane.config());
    private final int port = TestDataplane.freePort();

    RulesFixture(HttpKind kind) {
        this.kind = kind;
    }

    int port() {
        return port;
    }

    /** A backend that answers as the script says. */
    ScriptedBackend backend(ScriptedBackend.Script script) {
        ScriptedBackend backend = ScriptedBackend.start(kind, script);
        open.add(backend::close);
        return backend;
    }

    /** A backend that answers 200 with a body. */
    ScriptedBackend answering(String body) {
        return backend((request, number) -> ScriptedBackend.Reply.of(200, body));
    }

    /** Puts a route to these endpoints in force, and opens a connection. */
    HttpCaller serve(RouteSpec route, ScriptedBackend... backends) throws IOException {
        List<Endpoint> endpoints = new ArrayList<>();
        for (ScriptedBackend backend : backends) {
            endpoints.add(backend.endpoint());
        }
        return serve(List.of(route.build()), List.of(web(endpoints)));
    }

    /** The backend that routes name by default. */
    static Backend web(List<Endpoint> endpoints) {
        return Snapshots.backend("web:80", "web", 80, LoadBalancer.ROUND_ROBIN, endpoints);
    }

    /** Puts routes and backends in force, and opens a connection. */
    HttpCaller serve(List<Route> routes, List<Backend> backends) throws IOException {
        List<Backend> speaking = backends.stream()
                .map(backend -> Snapshots.speaking(backend, kind.upstreamProtocol()))
                .toList();
        dataplane.apply(Snapshots.update(Snapshots.rules(port, ADDRESS, "web", routes, speaking)));
        return connect();
    }

    /** Serves no host but {@code web}, and lets callers reach nothing else. */
    HttpCaller serveOnlyWhatIsKnown(RouteSpec route) throws IOException {
        PortSnapshot snapshot = Snapshots.rules(port, ADDRESS, "web", List.of(route.build()), List.of(web(List.of())));
        NodeWorkloads closed =
                new NodeWorkloads(new Version("w"), List.of(), List.of(), OutboundPolicy.REGISTRY_ONLY, "");
        dataplane.apply(new SnapshotUpdate(new Snapshot(Map.of(port, snapshot), closed), Set.of(port), Set.of(), true));
        return connect();
    }

    /** A connection whose bytes the test writes itself. */
    RawConnection raw() {
        return RawConnection.to(new InetSocketAddress(Snapshots.address(ADDRESS), port));
    }

    private HttpCaller connect() throws IOException {
        HttpCaller caller = HttpCaller.to(kind, ADDRESS, port);
        open.add(() -> close(caller));
        return caller;
    }

    LoopStats stats() {
        return dataplane.stats().get(0);
    }

    /** Requests that run on an endpoint. */
    long activeOn(Endpoint endpoint) {
        return stats().endpoints().entrySet().stream()
                .filter(each -> each.getKey().toString().equals(endpoint.toString()))
                .mapToLong(each -> each.getValue().active.get())
                .sum();
    }

    BackendStats web() {
        return stats().backend(port + "/web:80");
    }

    private static void close(HttpCaller caller) {
        try {
            caller.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        open.reversed().forEach(Runnable::run);
        dataplane.close();
    }
}
