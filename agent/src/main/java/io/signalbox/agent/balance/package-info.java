/**
 * Chooses an endpoint.
 *
 * <p>Pure: chance is passed in, what it must remember it keeps in itself. A balancer belongs to one event loop. Imports
 * {@code model} alone. Start reading at {@link io.signalbox.agent.balance.Balancer}.
 */
@NullMarked
package io.signalbox.agent.balance;

import org.jspecify.annotations.NullMarked;
