/**
 * Where connections come in: listeners, the original destination, the connection limit, and the first look at the
 * bytes.
 *
 * <p>Decides, with {@code routing} and {@code detect}, which part of {@code proxy} takes a connection. Runs on the
 * event loop of the listener. Start reading at {@link io.signalbox.agent.capture.Acceptor}.
 */
@NullMarked
package io.signalbox.agent.capture;

import org.jspecify.annotations.NullMarked;
