package io.signalbox.agent.model;

/**
 * A destination as an operator names it, completed to a full host name.
 *
 * @param port 0 when it cannot be told
 * @param subset empty: none
 */
public record Destination(String host, int port, String subset) {}
