/**
 * Says what becomes of a connection or request, and why: asks the router and the policies that traffic meets, and puts
 * what they say into an answer of the contract.
 *
 * <p>Pure but for a cache of what-if tables; decides nothing itself. Called on the control side, never on event loops.
 * Imports {@code model}, {@code routing}, {@code policy}, {@code balance} and {@code config}. Start reading at
 * {@link io.signalbox.agent.explain.Explainer}.
 */
@NullMarked
package io.signalbox.agent.explain;

import org.jspecify.annotations.NullMarked;
