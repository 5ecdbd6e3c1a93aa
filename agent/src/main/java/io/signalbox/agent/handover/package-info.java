/**
 * The upgrade of an agent while it serves: the listening sockets go from the process that runs to its successor over a
 * unix socket.
 *
 * <p>Lines of text, then the sockets, then lines again; {@link io.signalbox.agent.handover.HandoverProtocol} has them.
 * Until the successor says that it accepts, nothing changes for the predecessor, so that a failure at any step leaves
 * it serving. Runs on an event loop without traffic. Imports Netty. Start reading at
 * {@link io.signalbox.agent.handover.Succession}.
 */
@NullMarked
package io.signalbox.agent.handover;

import org.jspecify.annotations.NullMarked;
