package io.signalbox.agent.explain;

import io.signalbox.agent.model.RequestMatch;
import io.signalbox.agent.model.RuleRef;
import io.signalbox.agent.routing.PreparedRoute;
import io.signalbox.agent.routing.PreparedVirtualHost;
import io.signalbox.agent.routing.RouteMatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells which routes were tried, and why those before the one that matched did not. */
final class RouteSteps {
    /** Misses that are told; the nearest ones, where there are more. */
    private static final int MISSES_TOLD = 8;

    private final Conditions conditions;
    private final List<String> steps;

    RouteSteps(Conditions conditions, List<String> steps) {
        this.conditions = conditions;
        this.steps = steps;
    }

    /**
     * A route that does not match.
     *
     * @param place in the order of routes
     * @param unmet conditions of its nearest alternative; at least one
     */
    private record Miss(int place, PreparedRoute route, List<String> unmet) {}

    /** @param found null: no route matched */
    void tell(PreparedVirtualHost host, @Nullable RouteMatch found) {
        List<Miss> misses = misses(host, found);
        List<Miss> told = misses.stream()
                .sorted(Comparator.comparingInt((Miss miss) -> miss.unmet().size()))
                .limit(MISSES_TOLD)
                .sorted(Comparator.comparingInt(Miss::place))
                .toList();
        for (Miss miss : told) {
            steps.add(sentence(name(miss.route()) + " does not match: it " + String.join("; it also ", miss.unmet())));
        }
        if (misses.size() > told.size()) {
            steps.add(misses.size() - told.size() + " more routes do not match; those told come nearest.");
        }
        if (found == null) {
            steps.add("No route of " + host.service() + " takes the request.");
            return;
        }
        RequestMatch match = found.match();
        String reason = match == null || found.route().route().matches().isEmpty()
                ? "it takes every request"
                : (match.name().isEmpty() ? "" : "by '" + match.name() + "', ") + Conditions.summary(match);
        steps.add(sentence(name(found.route()) + " matches: " + reason));
    }

    private List<Miss> misses(PreparedVirtualHost host, @Nullable RouteMatch found) {
        List<Miss> misses = new ArrayList<>();
        PreparedRoute current = null;
        List<String> nearest = List.of();
        int place = 0;
        for (RouteMatch candidate : host.matches()) {
            if (current != null && !current.equals(candidate.route())) {
                misses.add(new Miss(place++, current, nearest));
                nearest = List.of();
            }
            if (found != null && candidate.route().equals(found.route())) {
                return misses;
            }
            current = candidate.route();
            RequestMatch match = candidate.match();
            List<String> unmet = match == null ? List.of() : conditions.unmet(match);
            nearest = nearest.isEmpty() || unmet.size() < nearest.size() ? unmet : nearest;
        }
        if (current != null) {
            misses.add(new Miss(place, current, nearest));
        }
        return misses;
    }

    /** {@code Route 'canary' of VirtualService shop/web}. */
    static String name(PreparedRoute route) {
        return name(route.rule());
    }

    static String name(@Nullable RuleRef rule) {
        if (rule == null) {
            return "The default route";
        }
        String route = rule.route().isEmpty() ? "Route " + rule.index() : "Route '" + rule.route() + "'";
        return route + " of " + rule.kind() + " " + rule.namespace() + "/" + rule.name();
    }

    static String sentence(String text) {
        return text.endsWith(".") ? text : text + ".";
    }
}
