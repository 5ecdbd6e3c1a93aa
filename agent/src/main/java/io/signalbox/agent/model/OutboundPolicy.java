package io.signalbox.agent.model;

/** What becomes of traffic that nothing matches. */
public enum OutboundPolicy {
    /** To its original destination. */
    ALLOW_ANY,
    /** HTTP on a port with HTTP is answered 502, all else is closed. */
    REGISTRY_ONLY
}
