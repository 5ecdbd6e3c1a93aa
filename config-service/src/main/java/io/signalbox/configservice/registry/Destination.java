package io.signalbox.configservice.registry;

/**
 * Where a rule sends traffic.
 *
 * @param host as declared, lower-case: a short name means a service in the namespace of the rule
 * @param subset name of a subset of a DestinationRule; empty: all endpoints
 * @param port service port; 0: not declared
 */
public record Destination(String host, String subset, int port) {}
