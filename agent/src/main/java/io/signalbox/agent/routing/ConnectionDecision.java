package io.signalbox.agent.routing;

/** What the router says of a connection. */
public sealed interface ConnectionDecision {
    /**
     * Forward the bytes by this route.
     *
     * @param match what matched the connection
     */
    record Forward(FrontendMatch match, PreparedL4Route route) implements ConnectionDecision {}

    /** The bytes decide: ask again when they tell what they are. */
    record Inspect() implements ConnectionDecision {}

    /** Unmatched: to the original destination, untouched. */
    record Passthrough() implements ConnectionDecision {}

    /** Unmatched, and only known services may be reached: close. */
    record Refuse() implements ConnectionDecision {}
}
