package io.signalbox.agent.model;

/** What HTTP is spoken to the endpoints of a backend. */
public enum UpstreamProtocol {
    /** What the caller speaks. */
    AS_CALLER,
    HTTP1,
    HTTP2
}
