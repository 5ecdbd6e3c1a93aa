package io.signalbox.agent.model;

/** How an endpoint is chosen: per request for HTTP, per connection otherwise. */
public enum LoadBalancer {
    /** The less busy of two endpoints drawn at random. */
    LEAST_REQUEST,
    /** Of two endpoints drawn at random the one that is expected to answer first. */
    PEAK_EWMA,
    /** Each in turn. */
    ROUND_ROBIN,
    /** Any, with equal chance. */
    RANDOM,
    /** None: the original destination. Always with {@link Discovery#ORIGINAL_DESTINATION}. */
    PASSTHROUGH,
    /** The same endpoint for the same key. */
    CONSISTENT_HASH
}
