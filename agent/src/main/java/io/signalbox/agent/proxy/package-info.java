/**
 * Forwards bytes: the exchanges of HTTP requests, and opaque connections.
 *
 * <p>This package holds what the protocols share; {@code http1}, {@code http2} and {@code tcp} hold one each.
 * Everything runs on the event loop of its connection and stays there. Start reading at {@code LoopContext}.
 */
@NullMarked
package io.signalbox.agent.proxy;

import org.jspecify.annotations.NullMarked;
