/**
 * Publishes snapshots to the agents: one session per agent with a writer of its own, one push in flight, newest state
 * only.
 *
 * <p>Called by Helidon's threads with what agents say, and by the pipeline when there is something new. Imports
 * {@code wire}, {@code identity} and the contract. Start reading at
 * {@link io.signalbox.configservice.publish.AgentSession}.
 */
@NullMarked
package io.signalbox.configservice.publish;

import org.jspecify.annotations.NullMarked;
