package io.signalbox.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One route of a virtual host.
 *
 * @param rule the operator's rule that this came from; null for the default route
 * @param matches the request must fulfil one of them; empty: every request matches
 * @param action what to do with the request
 * @param requestHeaders changes of what is forwarded
 * @param responseHeaders changes of answers from a backend and of direct responses
 * @param fault null: none
 * @param cors null: none
 */
public record Route(
        @Nullable RuleRef rule,
        List<RequestMatch> matches,
        RouteAction action,
        HeaderOperations requestHeaders,
        HeaderOperations responseHeaders,
        @Nullable Fault fault,
        @Nullable CorsPolicy cors) {
    public Route {
        matches = List.copyOf(matches);
    }

    /** A route that takes every request and does nothing but its action. */
    public static Route of(@Nullable RuleRef rule, RouteAction action) {
        return new Route(rule, List.of(), action, HeaderOperations.NONE, HeaderOperations.NONE, null, null);
    }
}
