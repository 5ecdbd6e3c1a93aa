/**
 * Snapshots in their wire form: each resource encoded and hashed once, versions, deltas, and the store of what is
 * published.
 *
 * <p>Written by the pipeline's thread, read by every session. Imports {@code snapshot} and the contract's messages; no
 * gRPC, no IO. Start reading at {@link io.signalbox.configservice.wire.SnapshotStore}.
 */
@NullMarked
package io.signalbox.configservice.wire;

import org.jspecify.annotations.NullMarked;
