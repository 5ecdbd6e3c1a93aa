package io.signalbox.configservice.compile.http;

import io.signalbox.config.v1.Route;
import io.signalbox.configservice.compile.rules.RuleSet;
import java.util.List;

/** The routes of one rule set for some callers; never empty. Each is only equal to itself. */
final class RouteList {
    private final RuleSet rules;
    private final List<Route> routes;
    private final boolean conditional;

    RouteList(RuleSet rules, List<Route> routes) {
        this.rules = rules;
        this.routes = List.copyOf(routes);
        this.conditional = routes.stream()
                .allMatch(route -> route.getMatchesCount() > 0
                        && route.getMatchesList().stream().allMatch(match -> match.getSourceLabelsCount() > 0));
    }

    RuleSet rules() {
        return rules;
    }

    List<Route> routes() {
        return routes;
    }

    /** Whether there are callers to whom no route can ever apply, for want of labels. */
    boolean isConditional() {
        return conditional;
    }
}
