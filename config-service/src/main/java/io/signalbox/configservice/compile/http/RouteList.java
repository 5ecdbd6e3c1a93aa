package io.signalbox.configservice.compile.http;

import io.signalbox.config.v1.Route;
import io.signalbox.configservice.compile.rules.RuleSet;
import java.util.List;
import java.util.Set;

/** The routes of one rule set for some callers; never empty. Each is only equal to itself. */
final class RouteList {
    private final RuleSet rules;
    private final List<Route> routes;
    private final Set<String> backends;
    private final boolean conditional;

    /** Routes that lead to these backends. */
    RouteList(RuleSet rules, List<Route> routes, Set<String> backends) {
        this.rules = rules;
        this.routes = List.copyOf(routes);
        this.backends = backends;
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

    Set<String> backends() {
        return backends;
    }

    /** Whether there are callers to whom no route can ever apply, for want of labels. */
    boolean isConditional() {
        return conditional;
    }
}
