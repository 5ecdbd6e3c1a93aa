package io.signalbox.agent.upstream;

import java.util.concurrent.Executor;

/**
 * How connections to endpoints are opened.
 *
 * @param connectTimeoutMillis above 0
 * @param socketMark SO_MARK of the socket; 0: none
 * @param keepsSource whether connections that serve one caller only come from the caller's address; needs CAP_NET_ADMIN
 * @param handshakes runs the costly steps of TLS handshakes, milliseconds each, so that event loops go on meanwhile
 */
public record ConnectOptions(int connectTimeoutMillis, int socketMark, boolean keepsSource, Executor handshakes) {}
