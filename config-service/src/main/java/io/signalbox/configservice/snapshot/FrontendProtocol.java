package io.signalbox.configservice.snapshot;

/** How the bytes of a connection to an address frontend are looked at. */
public enum FrontendProtocol {
    /** Opaque, never inspected. */
    TCP,
    /** TLS that is not terminated. */
    TLS,
    /** Told by the first bytes that the client sends. */
    DETECT
}
