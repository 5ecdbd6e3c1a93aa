/**
 * Where snapshots come from: the stream of the config service, and the last-known-good copy on disk.
 *
 * <p>Decides whether an update is taken: decodes proto to {@code model}, checks the hash, hands the whole to a
 * {@link io.signalbox.agent.config.SnapshotSink} and acks or nacks. Runs on one control thread of its own, never on an
 * event loop. The only package that sees proto and gRPC classes. Start reading at {@code ConfigClient}.
 */
@NullMarked
package io.signalbox.agent.config;

import org.jspecify.annotations.NullMarked;
