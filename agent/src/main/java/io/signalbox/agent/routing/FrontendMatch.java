package io.signalbox.agent.routing;

/** By what traffic was matched to a service. */
public enum FrontendMatch {
    /** Host or {@code :authority} of a request. */
    HOST,
    /** SNI of a TLS ClientHello. */
    SNI,
    /** Address and port of the service. */
    VIP,
    /** Address and port of an endpoint of a headless service. */
    POD_IP,
    /** The port alone, whatever the address. */
    PORT
}
