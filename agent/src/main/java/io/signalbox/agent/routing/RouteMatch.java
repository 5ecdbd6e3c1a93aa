package io.signalbox.agent.routing;

import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.NamedMatch;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.RequestMatch;
import io.signalbox.agent.model.RouteAction;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A route, and the one of its alternative conditions that a request fulfilled. Made once per route and condition when a
 * table is built, so that matching makes no object. Immutable.
 */
public final class RouteMatch {
    private final PreparedRoute route;
    private final @Nullable RequestMatch match;
    private final RequestDecision decision;
    private final NamedMatch[] headers;
    private final NamedMatch[] withoutHeaders;
    private final NamedMatch[] queryParams;

    RouteMatch(PreparedVirtualHost virtualHost, PreparedRoute route, @Nullable RequestMatch match) {
        this.route = route;
        this.match = match;
        RequestDecision.Kind kind = switch (route.route().action()) {
            case RouteAction.Forward forward -> RequestDecision.Kind.FORWARD;
            case RouteAction.Redirect redirect -> RequestDecision.Kind.REDIRECT;
            case RouteAction.DirectResponse response -> RequestDecision.Kind.DIRECT_RESPONSE;
        };
        this.decision = new RequestDecision(kind, virtualHost, this);
        this.headers = match == null ? NO_CONDITIONS : match.headers().toArray(NO_CONDITIONS);
        this.withoutHeaders =
                match == null ? NO_CONDITIONS : match.withoutHeaders().toArray(NO_CONDITIONS);
        this.queryParams = match == null ? NO_CONDITIONS : match.queryParams().toArray(NO_CONDITIONS);
    }

    private static final NamedMatch[] NO_CONDITIONS = {};

    /** The route. */
    public PreparedRoute route() {
        return route;
    }

    /** The conditions that were fulfilled; null for a route that takes every request. */
    public @Nullable RequestMatch match() {
        return match;
    }

    /** The condition on the path; null when there is none. */
    public @Nullable PathMatch path() {
        return match == null ? null : match.path();
    }

    RequestDecision decision() {
        return decision;
    }

    Map<String, String> sourceLabels() {
        return match == null ? Map.of() : match.sourceLabels();
    }

    /** Whether every request of every caller matches. */
    boolean isUnconditional() {
        return match == null
                || (match.path() == null
                        && !hasConditionsBesidesPath()
                        && sourceLabels().isEmpty());
    }

    private boolean hasConditionsBesidesPath() {
        return match != null
                && (match.method() != null
                        || match.scheme() != null
                        || match.authority() != null
                        || headers.length + withoutHeaders.length + queryParams.length > 0);
    }

    /** Whether all conditions hold but that on the path. */
    boolean matchesBesidesPath(RequestAttributes request, Caller caller) {
        RequestMatch conditions = match;
        if (conditions == null) {
            return true;
        }
        if ((conditions.method() != null && !RequestMatcher.matches(conditions.method(), request.method()))
                || (conditions.scheme() != null && !RequestMatcher.matches(conditions.scheme(), request.scheme()))
                || (conditions.authority() != null
                        && !RequestMatcher.matches(conditions.authority(), request.authority()))
                || !caller.hasLabels(conditions.sourceLabels())) {
            return false;
        }
        for (NamedMatch header : headers) {
            if (!RequestMatcher.header(header, request)) {
                return false;
            }
        }
        for (NamedMatch header : withoutHeaders) {
            if (!RequestMatcher.withoutHeader(header, request)) {
                return false;
            }
        }
        for (NamedMatch parameter : queryParams) {
            if (!RequestMatcher.queryParam(parameter, request)) {
                return false;
            }
        }
        return true;
    }
}
