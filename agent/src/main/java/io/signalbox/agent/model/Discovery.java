package io.signalbox.agent.model;

/** Where the endpoints of a backend come from. */
public enum Discovery {
    /** They stand in the snapshot. */
    STATIC,
    /** The address that the caller dialled. */
    ORIGINAL_DESTINATION,
    /** Host names, resolved by the agent; balanced over all addresses. */
    DNS,
    /** A host name, resolved by the agent; one current answer. */
    DNS_ROUND_ROBIN,
    /** The Host or SNI value of the request, resolved by the agent. */
    DYNAMIC_DNS
}
