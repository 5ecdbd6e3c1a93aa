package io.signalbox.configservice.status;

import io.signalbox.configservice.compile.gateway.RouteStatus;
import io.signalbox.configservice.publish.AgentView;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.ParentRef;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.status.ParentStatuses.Condition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells whether what a route says is in force in the agents: every connected one holds the published version of every
 * port of the parent. Once that was so it stays so until the route's own state is another: later changes of endpoints
 * are not the route's. Confined to one thread.
 */
final class Programming {
    /** The condition's type; the standard has none for routes. */
    static final String TYPE = "signalbox.io/Programmed";

    private static final String PENDING = "Pending";

    /** A parent of a route. */
    private record Place(ObjectRef route, ParentRef parent) {}

    /** What was in force once: the state of the route then. */
    private record InForce(long generation, RouteStatus.Parent parent) {}

    private final Map<Place, InForce> programmed = new HashMap<>();

    /**
     * Whether the route is in force at a parent.
     *
     * @param registry what the agents should know, or older
     * @param agents the connected ones
     */
    Condition at(RouteStatus route, RouteStatus.Parent parent, Registry registry, List<AgentView> agents) {
        if (!parent.accepted().holds()) {
            return condition(false, "Invalid", "the route does not count here");
        }
        Set<Integer> ports = ports(route.route(), parent.parent(), registry);
        for (AgentView agent : agents) {
            for (AgentView.Port port : agent.ports()) {
                if (ports.contains(port.port()) && !port.refusedReason().isEmpty()) {
                    return condition(
                            false,
                            "Invalid",
                            "the agent of node " + agent.node() + " refuses port " + port.port() + ": "
                                    + port.refusedReason());
                }
            }
        }
        Place place = new Place(route.route(), parent.parent());
        InForce now = new InForce(route.generation(), parent);
        if (now.equals(programmed.get(place))) {
            return inForce();
        }
        if (agents.isEmpty()) {
            return condition(false, PENDING, "no agent is connected");
        }
        if (!agents.stream()
                .flatMap(agent -> agent.ports().stream())
                .allMatch(port -> !ports.contains(port.port()) || port.isAcked())) {
            return condition(false, PENDING, "agents have yet to take over what the route says");
        }
        programmed.put(place, now);
        return inForce();
    }

    private static Condition inForce() {
        return condition(true, "Programmed", "every connected agent serves by it");
    }

    /** Forgets routes that are gone. */
    void retain(Set<ObjectRef> routes) {
        programmed.keySet().removeIf(place -> !routes.contains(place.route));
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
