package io.signalbox.configservice.snapshot;

/** How an endpoint is chosen, per request for HTTP and per connection otherwise. */
public enum LoadBalancer {
    /** The less busy of two endpoints drawn at random; the default. */
    LEAST_REQUEST,
    /** Each in turn. */
    ROUND_ROBIN,
    /** Any, with equal chance. */
    RANDOM
}
