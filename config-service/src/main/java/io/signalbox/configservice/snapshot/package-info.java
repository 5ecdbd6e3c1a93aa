/**
 * What the compiler makes and agents are sent: the resources of each port and the workloads of each node, as messages
 * of the contract.
 *
 * <p>Two carriers and nothing else; made by {@code compile}, hashed and encoded by {@code wire}. Start reading at
 * {@link io.signalbox.configservice.snapshot.Snapshot}.
 */
@NullMarked
package io.signalbox.configservice.snapshot;

import org.jspecify.annotations.NullMarked;
