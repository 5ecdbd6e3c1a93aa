/**
 * Runs the agent's JMH benchmarks, which stand beside its tests as {@code *Benchmark}, and writes their report.
 *
 * <p>Imports {@code harness}; nothing imports it. Start reading at {@link io.signalbox.loadtest.jmh.JmhMain}.
 */
@NullMarked
package io.signalbox.loadtest.jmh;

import org.jspecify.annotations.NullMarked;
