package io.signalbox.configservice.compile.gateway;

import io.signalbox.config.v1.L4Route;
import io.signalbox.config.v1.RequestMatch;
import io.signalbox.config.v1.Route;
import io.signalbox.config.v1.RuleRef;
import io.signalbox.config.v1.WeightedBackend;
import io.signalbox.configservice.compile.backends.Destinations;
import io.signalbox.configservice.compile.callers.Visibility;
import io.signalbox.configservice.compile.rules.RuleSet;
import io.signalbox.configservice.registry.BackendRef;
import io.signalbox.configservice.registry.GrpcRoute;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.TcpRoute;
import io.signalbox.configservice.registry.TlsRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The routes of one namespace for one Service, as one set of rules. */
final class ServiceRoutes extends RuleSet {
    /**
     * A route at the Service.
     *
     * @param ports the ports of the Service that it counts for
     */
    record Attached(MeshRoute route, Set<Integer> ports) {}

    private final List<Attached> routes;
    private final References references;

    /**
     * The rules of these routes.
     *
     * @param routes not empty, oldest first, all of one namespace
     */
    ServiceRoutes(String host, Visibility visibility, List<Attached> routes, References references) {
        super(routes.getFirst().route().ref(), routes.getFirst().route().metadata(), visibility, List.of(host));
        this.routes = List.copyOf(routes);
        this.references = references;
    }

    /** None: what a route leads to is decided with the route itself, so it is looked at anew after every change. */
    @Override
    public Set<String> destinations() {
        return Set.of();
    }

    @Override
    public Set<String> sourceNamespaces() {
        return Set.of();
    }

    @Override
    public List<Route> http(String callerNamespace, Destinations destinations) {
        RouteActions actions = new RouteActions(references, destinations);
        List<Route> built = new ArrayList<>();
        for (MeshRoute route : on(destinations.dialledPort())) {
            switch (route.object()) {
                case HttpRoute http -> {
                    for (int i = 0; i < http.rules().size(); i++) {
                        HttpRoute.Rule rule = http.rules().get(i);
                        Route.Builder action = actions.route(
                                route.ref(), rule.filters(), rule.backendRefs(), rule.timeouts(), rule.retry());
                        add(action.setRule(ref(route, rule.name(), i)), RouteMatches.http(rule.matches()), built);
                    }
                }
                case GrpcRoute grpc -> {
                    for (int i = 0; i < grpc.rules().size(); i++) {
                        GrpcRoute.Rule rule = grpc.rules().get(i);
                        Route.Builder action = actions.route(
                                route.ref(), rule.filters(), rule.backendRefs(), HttpRoute.Timeouts.NONE, null);
                        add(action.setRule(ref(route, rule.name(), i)), RouteMatches.grpc(rule.matches()), built);
                    }
                }
                default -> {}
            }
        }
        built.sort(RouteMatches.PRECEDENCE);
        return built;
    }

    private static void add(Route.Builder route, List<RequestMatch> matches, List<Route> built) {
        for (RequestMatch match : matches) {
            built.add(route.clearMatches().addMatches(match).build());
        }
    }

    @Override
    public List<L4Route> tls(String callerNamespace, Destinations destinations) {
        List<L4Route> built = new ArrayList<>();
        for (MeshRoute route : on(destinations.dialledPort())) {
            if (route.object() instanceof TlsRoute tls) {
                for (int i = 0; i < tls.rules().size(); i++) {
                    L4Route.Builder connection = connection(route, tls.rules().get(i), i, destinations);
                    if (tls.hostnames().isEmpty()) {
                        built.add(connection.build());
                    }
                    for (String hostname : tls.hostnames()) {
                        built.add(connection.setSniHost(hostname).build());
                    }
                }
            }
        }
        return built;
    }

    @Override
    public List<L4Route> tcp(String callerNamespace, Destinations destinations) {
        List<L4Route> built = new ArrayList<>();
        for (MeshRoute route : on(destinations.dialledPort())) {
            if (route.object() instanceof TcpRoute tcp) {
                for (int i = 0; i < tcp.rules().size(); i++) {
                    built.add(connection(route, tcp.rules().get(i), i, destinations)
                            .build());
                }
            }
        }
        return built;
    }

    private L4Route.Builder connection(MeshRoute route, TcpRoute.Rule rule, int index, Destinations destinations) {
        L4Route.Builder built = L4Route.newBuilder().setRule(ref(route, rule.name(), index));
        for (BackendRef backend : rule.backendRefs()) {
            built.addBackends(references.to(backend, route.ref(), destinations));
        }
        if (rule.backendRefs().isEmpty()) {
            WeightedBackend.Builder none = Destinations.unknown("", 0, route.ref() + " names no backend");
            built.addBackends(none);
        }
        return built;
    }

    private List<MeshRoute> on(int port) {
        return routes.stream()
                .filter(attached -> attached.ports().contains(port))
                .map(Attached::route)
                .toList();
    }

    private static RuleRef ref(MeshRoute route, String name, int index) {
        return RuleRef.newBuilder()
                .setKind(route.ref().kind())
                .setNamespace(route.namespace())
                .setName(route.metadata().name())
                .setRoute(name)
                .setIndex(index)
                .build();
    }
}
