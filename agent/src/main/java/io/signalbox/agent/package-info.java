/**
 * The agent program: one per node, it applies port snapshots and balances every request.
 *
 * <p>Decides nothing itself: {@code AgentMain} reads options, {@code Agent} wires the parts. Runs on the main thread.
 * {@code Agent} is the only class that may import every package. Start reading there, then follow a request from
 * {@code capture}, or a configuration change from {@code config}.
 */
@NullMarked
package io.signalbox.agent;

import org.jspecify.annotations.NullMarked;
