/**
 * Chooses an endpoint: who may be chosen from a place ({@link io.signalbox.agent.balance.Preference}), and who of them
 * is next ({@link io.signalbox.agent.balance.Balancer}).
 *
 * <p>Pure: chance and time are passed in. Preferences and hash tables are immutable and shared by the event loops; a
 * balancer belongs to one loop. Called by {@code upstream}, and by {@code explain} for who may be chosen. Imports
 * {@code model} alone. Start reading at {@link io.signalbox.agent.balance.Balancer}.
 */
@NullMarked
package io.signalbox.agent.balance;

import org.jspecify.annotations.NullMarked;
