package io.signalbox.configservice.compile.gateway;

import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.ParentRef;
import java.util.List;

/**
 * The state of a route of the Gateway API, as its {@code status.parents} would say.
 *
 * @param route the route
 * @param generation the version of the declaration that this is about
 * @param parents one for each Service that it names
 */
public record RouteStatus(ObjectRef route, long generation, List<Parent> parents) {
    public RouteStatus {
        parents = List.copyOf(parents);
    }

    /**
     * The state at one parent.
     *
     * @param accepted whether the route counts there
     * @param resolvedRefs whether everything that it names is there and may be named
     */
    public record Parent(ParentRef parent, Condition accepted, Condition resolvedRefs) {}

    /**
     * A condition.
     *
     * @param holds whether it does
     * @param reason the standard's word
     * @param message why, as a sentence for a person
     */
    public record Condition(boolean holds, String reason, String message) {
        static final Condition ACCEPTED = new Condition(true, "Accepted", "the route counts");
        static final Condition RESOLVED = new Condition(true, "ResolvedRefs", "every backend is known");
    }
}
