package io.signalbox.agent.detect;

/** What the first bytes of a connection are. */
public enum Detection {
    /** Not enough bytes to tell. */
    UNDECIDED,
    /** An HTTP/1.1 request line. */
    HTTP1,
    /** The HTTP/2 connection preface. */
    HTTP2,
    /** A TLS ClientHello record. */
    TLS,
    /** Anything else; HTTP/1.0 too, as Istio has it. */
    OPAQUE
}
