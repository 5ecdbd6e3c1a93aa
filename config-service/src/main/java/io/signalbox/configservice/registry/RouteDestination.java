package io.signalbox.configservice.registry;

/**
 * One of the destinations of a rule.
 *
 * @param weight share relative to the sum over the rule; 0 when not declared
 * @param headers what is done to the headers when this destination was chosen; nothing in TCP and TLS rules
 */
public record RouteDestination(Destination destination, int weight, Headers headers) {}
