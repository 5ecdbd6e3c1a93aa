package io.signalbox.configservice.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.config.v1.L4Route;
import io.signalbox.config.v1.Resource;
import io.signalbox.config.v1.Route;
import io.signalbox.config.v1.RuleRef;
import io.signalbox.configservice.compile.Compilation;
import io.signalbox.configservice.compile.gateway.RouteStatus;
import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.GrpcRoute;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.ParentRef;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.registry.TcpRoute;
import io.signalbox.configservice.registry.TlsRoute;
import io.signalbox.configservice.registry.VirtualService;
import io.signalbox.configservice.rest.Views.PlaceView;
import io.signalbox.configservice.wire.EncodedPort;
import io.signalbox.configservice.wire.EncodedResource;
import io.signalbox.configservice.wire.Published;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Routing rules, with where they came to apply. */
final class RuleViews {
    record Rules(long revision, List<RuleView> rules) {}

    record RuleView(
            String kind,
            String namespace,
            String name,
            List<String> hosts,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ParentView> parents,
            List<PlaceOfRule> appliesTo,
            PlaceView declaredAt) {}

    record ParentView(
            String kind,
            String namespace,
            String name,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) int port,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String sectionName,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ConditionView> conditions) {}

    /**
     * A condition of a route at a parent, with the words of the Gateway API.
     *
     * @param status {@code True} or {@code False}
     */
    record ConditionView(String type, String status, String reason, String message) {}

    /**
     * A resource with routes or a policy of the rule.
     *
     * @param routes names of the routes, or indices of those that have none; empty for a backend's policy
     */
    record PlaceOfRule(
            int port,
            String kind,
            String name,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> routes) {}

    private final Registry registry;
    private final Map<ObjectRef, List<PlaceOfRule>> places = new HashMap<>();
    private final Map<ObjectRef, RouteStatus> statuses = new HashMap<>();

    RuleViews(Compilation compilation, Published published) {
        registry = compilation.registry();
        compilation.routeStatuses().forEach(status -> statuses.put(status.route(), status));
        for (EncodedPort port : published.ports().values()) {
            for (EncodedResource resource : port.resources()) {
                find(port.port(), resource.message());
            }
        }
    }

    private void find(int port, Resource resource) {
        Stream<RuleRef> rules = switch (resource.getKindCase()) {
            case ADDRESS_FRONTEND -> l4(resource.getAddressFrontend().getRoutesList());
            case SNI_FRONTEND -> l4(resource.getSniFrontend().getRoutesList());
            case VIRTUAL_HOST ->
                resource.getVirtualHost().getRoutesList().stream()
                        .filter(Route::hasRule)
                        .map(Route::getRule);
            case BACKEND ->
                resource.getBackend().hasPolicyRule()
                        ? Stream.of(resource.getBackend().getPolicyRule())
                        : Stream.empty();
            case KIND_NOT_SET -> Stream.empty();
        };
        Map<ObjectRef, Set<String>> routes = new HashMap<>();
        rules.forEach(rule -> routes.computeIfAbsent(
                        new ObjectRef(rule.getKind(), rule.getNamespace(), rule.getName()), _ -> new LinkedHashSet<>())
                .add(rule.getRoute().isEmpty() ? Integer.toString(rule.getIndex()) : rule.getRoute()));
        int slash = resource.getName().indexOf('/');
        routes.forEach((rule, names) -> places.computeIfAbsent(rule, _ -> new ArrayList<>())
                .add(new PlaceOfRule(
                        port,
                        resource.getName().substring(0, slash),
                        resource.getName().substring(slash + 1),
                        resource.hasBackend() ? List.of() : List.copyOf(names))));
    }

    private static Stream<RuleRef> l4(List<L4Route> routes) {
        return routes.stream().filter(L4Route::hasRule).map(L4Route::getRule);
    }

    /** The rules that pass, ordered by kind, namespace and name. */
    List<RuleView> rules(Predicate<ObjectRef> filter) {
        return Stream.<SortedMap<ObjectRef, ? extends RegistryObject>>of(
                        registry.destinationRules(),
                        registry.grpcRoutes(),
                        registry.httpRoutes(),
                        registry.sidecars(),
                        registry.tcpRoutes(),
                        registry.tlsRoutes(),
                        registry.virtualServices())
                .flatMap(rules -> rules.values().stream())
                .filter(rule -> filter.test(rule.ref()))
                .map(this::view)
                .toList();
    }

    private RuleView view(RegistryObject rule) {
        ObjectRef ref = rule.ref();
        return new RuleView(
                ref.kind(),
                ref.namespace(),
                ref.name(),
                hosts(rule),
                parents(rule).stream().map(parent -> parent(ref, parent)).toList(),
                places.getOrDefault(ref, List.of()),
                Views.place(registry.provenance(ref)));
    }

    private ParentView parent(ObjectRef route, ParentRef parent) {
        RouteStatus status = statuses.get(route);
        List<ConditionView> conditions = status == null
                ? List.of()
                : status.parents().stream()
                        .filter(state -> state.parent().equals(parent))
                        .flatMap(state -> Stream.of(
                                condition("Accepted", state.accepted()),
                                condition("ResolvedRefs", state.resolvedRefs())))
                        .toList();
        return new ParentView(
                parent.kind(),
                parent.namespace().isEmpty() ? route.namespace() : parent.namespace(),
                parent.name(),
                parent.port(),
                parent.sectionName(),
                conditions);
    }

    private static ConditionView condition(String type, RouteStatus.Condition condition) {
        return new ConditionView(type, condition.holds() ? "True" : "False", condition.reason(), condition.message());
    }

    private static List<String> hosts(RegistryObject rule) {
        return switch (rule) {
            case VirtualService service -> service.hosts();
            case DestinationRule destination -> List.of(destination.host());
            case HttpRoute route -> route.hostnames();
            case GrpcRoute route -> route.hostnames();
            case TlsRoute route -> route.hostnames();
            default -> List.of();
        };
    }

    private static List<ParentRef> parents(RegistryObject rule) {
        return switch (rule) {
            case HttpRoute route -> route.parentRefs();
            case GrpcRoute route -> route.parentRefs();
            case TlsRoute route -> route.parentRefs();
            case TcpRoute route -> route.parentRefs();
            default -> List.of();
        };
    }
}
