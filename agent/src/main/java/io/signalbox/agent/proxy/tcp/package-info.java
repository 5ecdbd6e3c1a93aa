/**
 * Opaque connections: bytes from one socket to the other, both ways, with back-pressure and half-close.
 *
 * <p>Runs on the event loop of its connections. Imports {@code proxy}, {@code routing} and {@code upstream}. Start
 * reading at {@link io.signalbox.agent.proxy.tcp.TcpDownstream}.
 */
@NullMarked
package io.signalbox.agent.proxy.tcp;

import org.jspecify.annotations.NullMarked;
