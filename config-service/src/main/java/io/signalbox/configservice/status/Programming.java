package io.signalbox.configservice.status;

import io.signalbox.configservice.compile.gateway.RouteStatus;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.ParentRef;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.status.ParentStatuses.Condition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Tells whether what a route says is in force in the agents: those of every replica that lives serve by the published
 * rules of every port of the parent. Once that was so it stays so until the route's own state is another: what else
 * changes at the port is not the route's. Confined to one thread.
 */
final class Programming {
    /** The condition's type; the standard has none for routes. */
    static final String TYPE = "signalbox.io/Programmed";

    private static final String PENDING = "Pending";

    /**
     * What is compared.
     *
     * @param registry what the agents should know, or older
     * @param rules version of the rules that they should serve by, by port; every port of {@link #ports}
     * @param replicas what each replica says of its agents
     */
    record World(Registry registry, Map<Integer, String> rules, SortedMap<String, AgentStatement> replicas) {}

    /** A parent of a route. */
    private record Place(ObjectRef route, ParentRef parent) {}

    /** What was in force once: the state of the route then. */
    private record InForce(long generation, RouteStatus.Parent parent) {}

    private final Map<Place, InForce> programmed = new HashMap<>();

    /** Whether the route is in force at a parent. */
    Condition at(RouteStatus route, RouteStatus.Parent parent, World world) {
        if (!parent.accepted().holds()) {
            return condition(false, "Invalid", "the route does not count here");
        }
        Set<Integer> ports = ports(route.route(), parent.parent(), world.registry);
        for (AgentStatement replica : world.replicas.values()) {
            for (int port : ports) {
                AgentStatement.Port held = replica.ports().get(port);
                if (held != null && !held.refusal().isEmpty()) {
                    return condition(false, "Invalid", held.refusal());
                }
            }
        }
        Place place = new Place(route.route(), parent.parent());
        InForce now = new InForce(route.generation(), parent);
        if (now.equals(programmed.get(place))) {
            return inForce();
        }
        if (world.replicas.values().stream().allMatch(replica -> replica.agents() == 0)) {
            return condition(false, PENDING, "no agent is connected");
        }
        for (Map.Entry<String, AgentStatement> replica : world.replicas.entrySet()) {
            if (!serves(replica.getValue(), ports, world.rules)) {
                return condition(
                        false,
                        PENDING,
                        "agents of replica " + replica.getKey() + " have yet to take over what the route says");
            }
        }
        programmed.put(place, now);
        return inForce();
    }

    private static boolean serves(AgentStatement replica, Set<Integer> ports, Map<Integer, String> rules) {
        return replica.agents() == 0
                || ports.stream().allMatch(port -> {
                    AgentStatement.Port held = replica.ports().get(port);
                    return held != null && held.rules().equals(rules.get(port));
                });
    }

    private static Condition inForce() {
        return condition(true, "Programmed", "every connected agent serves by it");
    }

    /** Forgets routes that are gone. */
    void retain(Set<ObjectRef> routes) {
        programmed.keySet().removeIf(place -> !routes.contains(place.route));
    }

    /** The ports that routes are for. */
    static Set<Integer> ports(Iterable<RouteStatus> routes, Registry registry) {
        Set<Integer> ports = new HashSet<>();
        for (RouteStatus route : routes) {
            for (RouteStatus.Parent parent : route.parents()) {
                if (parent.accepted().holds()) {
                    ports.addAll(ports(route.route(), parent.parent(), registry));
                }
            }
        }
        return ports;
    }

    private static Set<Integer> ports(ObjectRef route, ParentRef parent, Registry registry) {
        if (parent.port() != 0) {
            return Set.of(parent.port());
        }
        Service service = registry.services()
                .get(new ObjectRef(
                        Service.KIND,
                        parent.namespace().isEmpty() ? route.namespace() : parent.namespace(),
                        parent.name()));
        return service == null
                ? Set.of()
                : service.ports().stream().map(Service.Port::port).collect(Collectors.toSet());
    }

    private static Condition condition(boolean holds, String reason, String message) {
        return new Condition(TYPE, holds, reason, message);
    }
}
