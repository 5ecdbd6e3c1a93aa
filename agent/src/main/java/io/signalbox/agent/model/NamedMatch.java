package io.signalbox.agent.model;

/**
 * A condition on a header or a query parameter.
 *
 * @param name of a header in lower case; of a query parameter as it is
 */
public record NamedMatch(String name, StringMatch value) {}
