package io.signalbox.configservice.compile.l4;

import io.signalbox.config.v1.L4Route;
import io.signalbox.config.v1.Label;
import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.port.PortContext;
import io.signalbox.configservice.compile.rules.RuleSet;
import io.signalbox.configservice.compile.services.MeshPort;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.compile.services.PortProtocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The routes of connections to each service of a port. */
final class ConnectionRoutes {
    private record Key(MeshService service, Caller caller) {}

    /**
     * The routes at a service.
     *
     * @param rules those of rules, in the order in which they are tried
     * @param unmatched for callers to whom rules leave nothing else
     * @param hasDefault whether the service's own route follows for those who are left
     */
    record AtService(List<L4Route> rules, List<L4Route> unmatched, boolean hasDefault) {}

    private final PortContext context;
    private final Map<Key, AtService> known = new HashMap<>();

    ConnectionRoutes(PortContext context) {
        this.context = context;
    }

    /** Namespaces whose callers may have other routes to the host than others do. */
    Set<String> mentions(String host) {
        return context.model().rules().mentions(host);
    }

    AtService at(MeshService service, Caller caller) {
        return known.computeIfAbsent(new Key(service, caller.among(mentions(service.host()))), this::compile);
    }

    private AtService compile(Key key) {
        MeshService service = key.service;
        List<RuleSet> rules = context.model().rules().inOrder(service.host(), key.caller, context.port());
        MeshPort port = port(service);
        List<L4Route> routes = new ArrayList<>();
        boolean tls = port.protocol().family() == PortProtocol.Family.TLS;
        for (RuleSet set : rules) {
            String namespace = key.caller.namespace();
            routes.addAll(
                    tls ? set.tls(namespace, context.destinations()) : set.tcp(namespace, context.destinations()));
        }
        routes.replaceAll(route -> route.toBuilder().setService(service.host()).build());
        if (!tls) {
            List<L4Route> ordered = RouteOrder.tcp(routes);
            boolean taken = !ordered.isEmpty() && takesAll(ordered.getLast());
            return new AtService(ordered, List.of(), !taken);
        }
        Set<List<Label>> labelSets = RouteOrder.labelSets(routes);
        boolean forEveryone = labelSets.contains(List.<Label>of());
        List<L4Route> unmatched = new ArrayList<>();
        if (!forEveryone) {
            for (List<Label> labels : labelSets) {
                unmatched.add(L4Route.newBuilder()
                        .setService(service.host())
                        .setUnmatched(true)
                        .addAllSourceLabels(labels)
                        .build());
            }
        }
        return new AtService(RouteOrder.tls(routes), unmatched, !forEveryone);
    }

    /** Whether no route behind this one can fit anything. */
    static boolean takesAll(L4Route route) {
        return !route.hasDestinationSubnet() && route.getSniHost().isEmpty() && route.getSourceLabelsCount() == 0;
    }

    MeshPort port(MeshService service) {
        return Objects.requireNonNull(service.port(context.port()));
    }

    /** The service's own route. */
    L4Route toItself(MeshService service) {
        return L4Route.newBuilder()
                .setService(service.host())
                .addBackends(context.destinations().toItself(service, port(service)))
                .build();
    }

    /** Everything that connections to the service's address may take, in order. */
    List<L4Route> atAddress(MeshService service, Caller caller) {
        AtService at = at(service, caller);
        List<L4Route> routes = new ArrayList<>(at.rules());
        routes.addAll(at.unmatched());
        if (at.hasDefault()) {
            routes.add(toItself(service));
        }
        return routes;
    }
}
