package io.signalbox.agent.routing;

import io.signalbox.agent.model.Mirror;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.RuleRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A route of requests with its backends looked up. Immutable. */
public final class PreparedRoute {
    private static final WeightedTargets NO_TARGETS = new WeightedTargets(List.of(), Slots.EMPTY);

    private final Route route;
    private final WeightedTargets targets;
    private final List<PreparedMirror> mirrors;

    PreparedRoute(Route route, Slots backends) {
        this.route = route;
        if (route.action() instanceof RouteAction.Forward forward) {
            targets = new WeightedTargets(forward.backends(), backends);
            mirrors = forward.mirrors().stream()
                    .map((Mirror mirror) ->
                            new PreparedMirror(new PreparedTarget(mirror.destination(), backends), mirror.perMillion()))
                    .toList();
        } else {
            targets = NO_TARGETS;
            mirrors = List.of();
        }
    }

    /** What the snapshot says. */
    public Route route() {
        return route;
    }

    /** The operator's rule that this came from; null for the default route. */
    public @Nullable RuleRef rule() {
        return route.rule();
    }

    /** Where requests go, when the action is to forward them; else empty. */
    public WeightedTargets targets() {
        return targets;
    }

    /** Copies of requests that are forwarded. */
    public List<PreparedMirror> mirrors() {
        return mirrors;
    }
}
