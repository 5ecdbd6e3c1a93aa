package io.signalbox.agent.routing;

import org.jspecify.annotations.Nullable;

/** What the router says of a request. Made when a table is built, not per request. Immutable. */
public final class RequestDecision {
    /** What is to be done. */
    public enum Kind {
        /** Send it to a destination of the route. */
        FORWARD,
        /** Answer with the route's redirect. */
        REDIRECT,
        /** Answer with the route's response. */
        DIRECT_RESPONSE,
        /** The virtual host has no route for it: 404. */
        NO_ROUTE,
        /** Unmatched: to the original destination, as it is. */
        PASSTHROUGH,
        /** Unmatched, and only known services may be reached: 502. */
        REFUSED,
        /** Unmatched, and its original destination would lead back to the agent. */
        LOOP
    }

    /** {@link Kind#PASSTHROUGH}. */
    public static final RequestDecision PASSTHROUGH = new RequestDecision(Kind.PASSTHROUGH, null, null);

    /** {@link Kind#REFUSED}. */
    public static final RequestDecision REFUSED = new RequestDecision(Kind.REFUSED, null, null);

    /** {@link Kind#LOOP}. */
    public static final RequestDecision LOOP = new RequestDecision(Kind.LOOP, null, null);

    private final Kind kind;
    private final @Nullable PreparedVirtualHost virtualHost;
    private final @Nullable RouteMatch match;

    RequestDecision(Kind kind, @Nullable PreparedVirtualHost virtualHost, @Nullable RouteMatch match) {
        this.kind = kind;
        this.virtualHost = virtualHost;
        this.match = match;
    }

    /** What is to be done. */
    public Kind kind() {
        return kind;
    }

    /** The virtual host of the request; null when it is unmatched. */
    public @Nullable PreparedVirtualHost virtualHost() {
        return virtualHost;
    }

    /** The route and what of it matched; null when there is none. */
    public @Nullable RouteMatch match() {
        return match;
    }
}
