package io.signalbox.agent.model;

/** A reason for another attempt, as Envoy's router names it. Status codes stand in {@link RetryPolicy#statusCodes}. */
public enum RetryCondition {
    SERVER_ERROR,
    GATEWAY_ERROR,
    RESET,
    RESET_BEFORE_REQUEST,
    CONNECT_FAILURE,
    REFUSED_STREAM,
    RETRIABLE_4XX,
    RETRIABLE_STATUS_CODES,
    ENVOY_RATELIMITED,
    GRPC_CANCELLED,
    GRPC_DEADLINE_EXCEEDED,
    GRPC_INTERNAL,
    GRPC_RESOURCE_EXHAUSTED,
    GRPC_UNAVAILABLE
}
