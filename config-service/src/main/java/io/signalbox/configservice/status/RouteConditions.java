package io.signalbox.configservice.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.configservice.compile.gateway.RouteStatus;
import io.signalbox.configservice.kubernetes.ApiFailure;
import io.signalbox.configservice.kubernetes.ApiRequests;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.publish.AgentView;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.status.ParentStatuses.Condition;
import io.signalbox.configservice.status.ParentStatuses.Parent;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the conditions of the Gateway API's routes up to date where they hang on Services. Remembers what it wrote, so
 * that a route is looked at only when something about it is new. Confined to one thread.
 */
final class RouteConditions {
    private static final Logger log = LoggerFactory.getLogger(RouteConditions.class);

    /** What a route should say of itself. */
    private record Desired(long generation, List<Parent> parents) {}

    private final ApiRequests requests;
    private final Function<ObjectRef, Optional<String>> paths;
    private final InstantSource clock;
    private final Programming programming = new Programming();
    private final Map<ObjectRef, Desired> written = new HashMap<>();

    /** Conditions that nobody wrote yet; see {@link StatusWriter}. */
    RouteConditions(ApiRequests requests, Function<ObjectRef, Optional<String>> paths, InstantSource clock) {
        this.requests = requests;
        this.paths = paths;
        this.clock = clock;
    }

    /** Another replica may write from now on. */
    void forget() {
        written.clear();
    }

    /**
     * Writes what is new.
     *
     * @param budget requests that may be made
     * @throws ApiFailure when the API server cannot be asked; what is left is for the next time
     */
    void write(PipelineState state, List<AgentView> agents, Budget budget) throws ApiFailure, InterruptedException {
        Set<ObjectRef> present = new HashSet<>();
        for (RouteStatus route : state.compilation().routeStatuses()) {
            present.add(route.route());
            Desired desired = desired(route, state, agents);
            boolean ours = !desired.parents.isEmpty() || written.containsKey(route.route());
            if (ours && !desired.equals(written.get(route.route())) && budget.take()) {
                write(route.route(), desired);
            }
        }
        written.keySet().retainAll(present);
        programming.retain(present);
    }

    private Desired desired(RouteStatus route, PipelineState state, List<AgentView> agents) {
        return new Desired(
                route.generation(),
                route.parents().stream()
                        .map(parent -> new Parent(
                                parent.parent(),
                                List.of(
                                        condition("Accepted", parent.accepted()),
                                        condition("ResolvedRefs", parent.resolvedRefs()),
                                        programming.at(route, parent, state.registry(), agents))))
                        .toList());
    }

    private static Condition condition(String type, RouteStatus.Condition condition) {
        return new Condition(type, condition.holds(), condition.reason(), condition.message());
    }

    private void write(ObjectRef route, Desired desired) throws ApiFailure, InterruptedException {
        Optional<String> path = paths.apply(route);
        if (path.isEmpty()) {
            return;
        }
        try {
            JsonNode object = requests.object(path.get());
            JsonNode metadata = object.path("metadata");
            if (metadata.path("generation").asLong(0) != desired.generation) {
                // Another version of the route than ours: its news is on the way, or it was refused.
                return;
            }
            Optional<ArrayNode> parents = ParentStatuses.merge(
                    object.path("status").path("parents"), desired.parents, desired.generation, clock.instant());
            if (parents.isPresent()) {
                requests.patch(path.get() + "/status", patch(object, parents.get()));
            }
            written.put(route, desired);
        } catch (ApiFailure e) {
            if (e.code() == ApiFailure.NOT_FOUND || e.code() == ApiFailure.CONFLICT) {
                log.debug("status not written, looked at again: route={} reason={}", route, e.reason());
                return;
            }
            throw e;
        }
    }

    /** Refused when somebody else wrote in between, whose entries would be lost. */
    private static ArrayNode patch(JsonNode object, ArrayNode parents) {
        ArrayNode operations = JsonNodeFactory.instance.arrayNode();
        operations
                .addObject()
                .put("op", "replace")
                .put("path", "/metadata/resourceVersion")
                .put("value", object.path("metadata").path("resourceVersion").asText());
        ObjectNode operation = operations.addObject().put("op", "add");
        if (object.path("status").isObject()) {
            operation.put("path", "/status/parents").set("value", parents);
        } else {
            operation.put("path", "/status").putObject("value").set("parents", parents);
        }
        return operations;
    }
}
