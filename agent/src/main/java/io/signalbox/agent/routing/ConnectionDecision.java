package io.signalbox.agent.routing;

/** What the router says of a connection before it has seen any bytes. */
public sealed interface ConnectionDecision {
    /** Forward the bytes to a backend of this frontend, without looking at them. */
    record Forward(PreparedFrontend frontend) implements ConnectionDecision {}

    /** The bytes decide: HTTP is for the frontend's virtual host, all else for its route. */
    record DetectAtAddress(PreparedFrontend frontend) implements ConnectionDecision {}

    /** The bytes decide: HTTP goes by Host, all else is unmatched. */
    record DetectByHost() implements ConnectionDecision {}

    /** Unmatched: to the original destination, untouched. */
    record Passthrough() implements ConnectionDecision {}
}
