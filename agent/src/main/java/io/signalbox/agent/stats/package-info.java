/**
 * What the dataplane counts: one set of counters per event loop, so that counting is an addition to a plain object.
 *
 * <p>Every counter has one writing thread, its event loop, and any number of readers, which see a value that may be a
 * moment old. Decides nothing; written by {@code proxy} and {@code capture}, read by {@code telemetry}. Imports only
 * {@code model}. Start reading at {@link io.signalbox.agent.stats.LoopStats}.
 */
@NullMarked
package io.signalbox.agent.stats;

import org.jspecify.annotations.NullMarked;
