package io.signalbox.configservice.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.configservice.compile.gateway.RouteStatus;
import io.signalbox.configservice.kubernetes.ApiFailure;
import io.signalbox.configservice.kubernetes.ApiRequests;
import io.signalbox.configservice.kubernetes.RequestBudget;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.pipeline.Refusal;
import io.signalbox.configservice.registry.GrpcRoute;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.TcpRoute;
import io.signalbox.configservice.registry.TlsRoute;
import io.signalbox.configservice.status.ParentStatuses.Condition;
import io.signalbox.configservice.status.ParentStatuses.Parent;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the conditions of the Gateway API's routes up to date where they hang on Services. Remembers what it wrote, so
 * that a route is looked at only when something about it is new. Confined to one thread.
 */
final class RouteConditions {
    private static final Logger log = LoggerFactory.getLogger(RouteConditions.class);

    private static final Set<String> KINDS = Set.of(HttpRoute.KIND, GrpcRoute.KIND, TcpRoute.KIND, TlsRoute.KIND);
    private static final int MAX_MESSAGE = 1000;

    /**
     * What a route should say of itself.
     *
     * @param refusal why this generation does not count; empty: it does. Then the parents are those that it names.
     */
    private record Desired(long generation, List<Parent> parents, String refusal) {}

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
    void write(PipelineState state, Programming.World world, RequestBudget budget)
            throws ApiFailure, InterruptedException {
        Map<ObjectRef, Desired> all = new TreeMap<>();
        for (RouteStatus route : state.compilation().routeStatuses()) {
            all.put(route.route(), desired(route, world));
        }
        programming.retain(all.keySet());
        state.refused().forEach((ref, refusal) -> {
            if (KINDS.contains(ref.kind())) {
                all.put(ref, refused(refusal, all.get(ref)));
            }
        });
        for (Map.Entry<ObjectRef, Desired> entry : all.entrySet()) {
            Desired desired = entry.getValue();
            boolean ours =
                    !desired.parents.isEmpty() || !desired.refusal.isEmpty() || written.containsKey(entry.getKey());
            if (ours && !desired.equals(written.get(entry.getKey())) && budget.take()) {
                write(entry.getKey(), desired);
            }
        }
        written.keySet().retainAll(all.keySet());
    }

    /**
     * What a refused generation says.
     *
     * @param served an earlier one that stays in force
     */
    private static Desired refused(Refusal refusal, @Nullable Desired served) {
        String problems = refusal.problems().stream()
                .filter(problem -> problem.severity() == Problem.Severity.ERROR)
                .map(Problem::text)
                .collect(Collectors.joining("; "));
        String cut = problems.length() > MAX_MESSAGE ? problems.substring(0, MAX_MESSAGE - 3) + "..." : problems;
        return new Desired(
                refusal.generation(),
                List.of(),
                cut
                        + (served == null
                                ? "; the route does not count"
                                : "; generation " + served.generation + " stays in force"));
    }

    private static List<Parent> refusedParents(JsonNode route, String refusal) {
        List<Condition> conditions = List.of(
                new Condition("Accepted", false, "UnsupportedValue", refusal),
                new Condition(Programming.TYPE, false, "Invalid", refusal));
        return ParentStatuses.services(route).stream()
                .map(parent -> new Parent(parent, conditions))
                .toList();
    }

    private Desired desired(RouteStatus route, Programming.World world) {
        return new Desired(
                route.generation(),
                route.parents().stream()
                        .map(parent -> new Parent(
                                parent.parent(),
                                List.of(
                                        condition("Accepted", parent.accepted()),
                                        condition("ResolvedRefs", parent.resolvedRefs()),
                                        programming.at(route, parent, world))))
                        .toList(),
                "");
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
                // Another version of the route than ours: its news is on the way.
                return;
            }
            Optional<ArrayNode> parents = ParentStatuses.merge(
                    object.path("status").path("parents"),
                    desired.refusal.isEmpty() ? desired.parents : refusedParents(object, desired.refusal),
                    desired.generation,
                    clock.instant());
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
