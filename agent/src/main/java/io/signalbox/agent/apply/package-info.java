/**
 * Puts a snapshot in force: builds the tables of the ports that changed, swaps one reference, and drains what left.
 *
 * <p>Runs on the control thread; event loops only read the reference, and get a task for what they must release. Start
 * reading at {@link io.signalbox.agent.apply.Dataplane}.
 */
@NullMarked
package io.signalbox.agent.apply;

import org.jspecify.annotations.NullMarked;
