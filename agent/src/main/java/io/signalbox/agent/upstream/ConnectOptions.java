package io.signalbox.agent.upstream;

/**
 * How connections to endpoints are opened.
 *
 * @param connectTimeoutMillis above 0
 * @param socketMark SO_MARK of the socket; 0: none
 */
public record ConnectOptions(int connectTimeoutMillis, int socketMark) {}
