/**
 * Options of sockets that Netty has no names for, and that several parts need.
 *
 * <p>Imports Netty's channels and nothing else. Start reading at {@link io.signalbox.agent.socket.SocketMark}.
 */
@NullMarked
package io.signalbox.agent.socket;

import org.jspecify.annotations.NullMarked;
