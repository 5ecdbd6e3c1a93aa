/**
 * Tells a protocol by the first bytes that a client sends.
 *
 * <p>Pure: bytes in, verdict out; no waiting, no IO. Called by {@code capture} on event loops. Imports nothing of ours.
 * Start reading at {@link io.signalbox.agent.detect.ProtocolDetector}.
 */
@NullMarked
package io.signalbox.agent.detect;

import org.jspecify.annotations.NullMarked;
