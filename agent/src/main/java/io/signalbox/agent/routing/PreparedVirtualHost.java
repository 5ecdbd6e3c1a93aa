package io.signalbox.agent.routing;

import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.RequestMatch;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.VirtualHost;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A virtual host with its routes prepared. Immutable. */
public final class PreparedVirtualHost {
    private final VirtualHost virtualHost;
    private final List<RouteMatch> matches;
    private final PathIndex index;
    private final List<Map<String, String>> labelSets;
    private final RequestDecision noRoute = new RequestDecision(RequestDecision.Kind.NO_ROUTE, this, null);

    PreparedVirtualHost(VirtualHost virtualHost, Slots backends) {
        this.virtualHost = virtualHost;
        List<RouteMatch> ordered = new ArrayList<>();
        for (Route route : virtualHost.routes()) {
            PreparedRoute prepared = new PreparedRoute(route, backends);
            if (route.matches().isEmpty()) {
                ordered.add(new RouteMatch(this, prepared, null));
            }
            for (RequestMatch match : route.matches()) {
                ordered.add(new RouteMatch(this, prepared, match));
            }
        }
        this.matches = List.copyOf(ordered);
        this.index = new PathIndex(matches);
        Set<Map<String, String>> distinct = new LinkedHashSet<>();
        matches.forEach(match -> distinct.add(match.sourceLabels()));
        this.labelSets = distinct.contains(Map.<String, String>of()) ? List.of(Map.of()) : List.copyOf(distinct);
    }

    /** What the snapshot says. */
    public VirtualHost virtualHost() {
        return virtualHost;
    }

    /** Host name of the service. */
    public String service() {
        return virtualHost.service();
    }

    /** Every route with every one of its alternative conditions, in the order in which they are tried. */
    public List<RouteMatch> matches() {
        return matches;
    }

    /** Whether any route can ever apply to a caller. */
    boolean hasRouteFor(Caller caller) {
        for (int i = 0; i < labelSets.size(); i++) {
            if (caller.hasLabels(labelSets.get(i))) {
                return true;
            }
        }
        return false;
    }

    RequestDecision decide(RequestAttributes request, Caller caller) {
        RouteMatch found = index.find(request, caller);
        return found == null ? noRoute : found.decision();
    }

    /** The first route that takes a request; null when there is none. */
    public @Nullable RouteMatch find(RequestAttributes request, Caller caller) {
        return index.find(request, caller);
    }
}
