/**
 * Measures what a request costs in the agent and in its peers, side by side on one machine.
 *
 * <p>{@code bed} starts the contenders and what is behind them, {@code client} sends traffic, {@code report} says what
 * came of it. {@link io.signalbox.loadtest.bench.Workloads} is the table of what is measured; start reading at
 * {@link io.signalbox.loadtest.bench.BenchMain}.
 */
@NullMarked
package io.signalbox.loadtest.bench;

import org.jspecify.annotations.NullMarked;
