package io.signalbox.agent.model;

/** What is known of the bytes that will come on a connection to an {@link AddressFrontend}. */
public enum FrontendProtocol {
    /** Opaque and never inspected, so that protocols work in which the server speaks first. */
    TCP,
    /** TLS that is not terminated. */
    TLS,
    /** Told by the first bytes that the client sends. */
    DETECT
}
