package io.signalbox.configservice.compile.gateway;

import io.signalbox.configservice.compile.callers.Visibility;
import io.signalbox.configservice.compile.rules.RuleSet;
import io.signalbox.configservice.compile.services.MeshPort;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.compile.services.PortProtocol;
import io.signalbox.configservice.compile.services.ServiceTable;
import io.signalbox.configservice.registry.BackendRef;
import io.signalbox.configservice.registry.GrpcRoute;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.ParentRef;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.registry.RouteFilter;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.TcpRoute;
import io.signalbox.configservice.registry.TlsRoute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads all routes of a registry that hang on Services. */
public final class MeshRoutes {
    /** The routes of one namespace at one Service. */
    private record Owner(ObjectRef service, String namespace) {}

    /** A port of a Service for the callers of some namespace; empty: all. */
    private record Place(ObjectRef service, int port, String namespace) {}

    private final ServiceTable services;
    private final References references;
    private final List<RuleSet> rules = new ArrayList<>();
    private final List<RouteStatus> statuses = new ArrayList<>();

    /** The routes of the registry. */
    public MeshRoutes(Registry registry, ServiceTable services) {
        this.services = services;
        references = new References(registry, services);
        List<MeshRoute> routes = MeshRoute.of(registry);
        Map<Place, Integer> best = preferredKinds(routes);
        Map<Owner, List<ServiceRoutes.Attached>> attached = new LinkedHashMap<>();
        for (MeshRoute route : routes) {
            List<RouteStatus.Parent> parents = new ArrayList<>();
            for (ParentRef parent : route.parents()) {
                if (isService(parent)) {
                    parents.add(attach(route, parent, best, attached));
                }
            }
            statuses.add(new RouteStatus(route.ref(), route.metadata().generation(), parents));
        }
        attached.forEach((owner, at) -> rules.add(new ServiceRoutes(
                references.host(owner.service().name(), owner.service().namespace()),
                owner.namespace().isEmpty() ? Visibility.PUBLIC : Visibility.of(owner.namespace()),
                at,
                references)));
    }

    /** The rules of the routes. */
    public List<RuleSet> rules() {
        return List.copyOf(rules);
    }

    /** The state of every route, also of those that hang on no Service. */
    public List<RouteStatus> statuses() {
        return List.copyOf(statuses);
    }

    private static boolean isService(ParentRef parent) {
        return parent.group().isEmpty() && parent.kind().equals(Service.KIND);
    }

    private static ObjectRef service(MeshRoute route, ParentRef parent) {
        return new ObjectRef(
                Service.KIND, parent.namespace().isEmpty() ? route.namespace() : parent.namespace(), parent.name());
    }

    /** A route of another namespace than the Service's is for its own callers alone. */
    private static String callers(MeshRoute route, ObjectRef service) {
        return route.namespace().equals(service.namespace()) ? "" : route.namespace();
    }

    /** At one port of a Service only the most particular kind of route counts. */
    private Map<Place, Integer> preferredKinds(List<MeshRoute> routes) {
        Map<Place, Integer> best = new HashMap<>();
        for (MeshRoute route : routes) {
            int rank = MeshRoute.PREFERENCE.indexOf(route.ref().kind());
            for (ParentRef parent : route.parents()) {
                if (isService(parent)) {
                    ObjectRef service = service(route, parent);
                    for (int port : ports(service, parent, route)) {
                        best.merge(new Place(service, port, callers(route, service)), rank, Math::min);
                    }
                }
            }
        }
        return best;
    }

    /** The ports that the parent reference means and that this kind of route can be for. */
    private Set<Integer> ports(ObjectRef service, ParentRef parent, MeshRoute route) {
        Set<Integer> ports = new TreeSet<>();
        for (MeshService known : services.of(service)) {
            for (MeshPort port : known.ports()) {
                boolean named =
                        parent.sectionName().isEmpty() || parent.sectionName().equals(port.name());
                if (named
                        && (parent.port() == 0 || parent.port() == port.number())
                        && fits(route.object(), port.protocol())) {
                    ports.add(port.number());
                }
            }
        }
        return ports;
    }

    private static boolean fits(RegistryObject route, PortProtocol protocol) {
        return switch (route) {
            case HttpRoute _, GrpcRoute _ -> protocol.mayBeHttp();
            case TlsRoute _ -> protocol.family() == PortProtocol.Family.TLS;
            case TcpRoute _ ->
                protocol.family() == PortProtocol.Family.TCP || protocol.family() == PortProtocol.Family.DETECT;
            default -> throw new IllegalStateException("no route: " + route.ref());
        };
    }

    private RouteStatus.Parent attach(
            MeshRoute route,
            ParentRef parent,
            Map<Place, Integer> best,
            Map<Owner, List<ServiceRoutes.Attached>> attached) {
        ObjectRef service = service(route, parent);
        Set<Integer> ports = ports(service, parent, route);
        RouteStatus.Condition accepted = RouteStatus.Condition.ACCEPTED;
        if (ports.isEmpty()) {
            accepted = new RouteStatus.Condition(
                    false,
                    "NoMatchingParent",
                    services.of(service).isEmpty()
                            ? "there is no " + service + " that has endpoints of its own"
                            : service + " has no such port with a protocol that a "
                                    + route.ref().kind() + " is for");
        } else {
            int rank = MeshRoute.PREFERENCE.indexOf(route.ref().kind());
            ports.removeIf(port -> best.getOrDefault(new Place(service, port, callers(route, service)), rank) < rank);
            if (ports.isEmpty()) {
                accepted = new RouteStatus.Condition(
                        false,
                        "Conflicted",
                        "another kind of route counts at " + service
                                + ", and only one does: GRPCRoute before HTTPRoute before TLSRoute before TCPRoute");
            } else {
                attached.computeIfAbsent(new Owner(service, callers(route, service)), _ -> new ArrayList<>())
                        .add(new ServiceRoutes.Attached(route, ports));
            }
        }
        return new RouteStatus.Parent(parent, accepted, resolved(route));
    }

    private RouteStatus.Condition resolved(MeshRoute route) {
        for (BackendRef backend : backends(route)) {
            RouteStatus.@Nullable Condition problem = references.problem(backend, route.ref());
            if (problem != null) {
                return problem;
            }
        }
        return RouteStatus.Condition.RESOLVED;
    }

    private static Collection<BackendRef> backends(MeshRoute route) {
        List<BackendRef> backends = new ArrayList<>();
        switch (route.object()) {
            case HttpRoute http ->
                http.rules().forEach(rule -> addBackends(rule.backendRefs(), rule.filters(), backends));
            case GrpcRoute grpc ->
                grpc.rules().forEach(rule -> addBackends(rule.backendRefs(), rule.filters(), backends));
            case TlsRoute tls -> tls.rules().forEach(rule -> backends.addAll(rule.backendRefs()));
            case TcpRoute tcp -> tcp.rules().forEach(rule -> backends.addAll(rule.backendRefs()));
            default -> throw new IllegalStateException("no route: " + route.ref());
        }
        return backends;
    }

    private static void addBackends(
            List<HttpRoute.Backend> refs, List<RouteFilter> filters, List<BackendRef> backends) {
        refs.forEach(backend -> backends.add(backend.ref()));
        for (RouteFilter filter : filters) {
            if (filter instanceof RouteFilter.RequestMirror mirror) {
                backends.add(mirror.backend());
            }
        }
    }
}
