/**
 * HTTP/1.1: a strict parser, and the relay of requests one by one to upstream connections.
 *
 * <p>Decides whether a message is well-formed, what of its head goes on, and when a request may be tried again. Called
 * by {@code detect} and {@code capture}, on the loop of the connection, which everything here is confined to. Imports
 * the rest of {@code proxy}, {@code upstream}, {@code routing} and {@code stats}. Start reading at
 * {@link io.signalbox.agent.proxy.http1.Http1Downstream}.
 */
@NullMarked
package io.signalbox.agent.proxy.http1;

import org.jspecify.annotations.NullMarked;
