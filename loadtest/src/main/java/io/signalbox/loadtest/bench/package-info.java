/**
 * Measures what a request costs in the agent, haproxy and nginx, side by side on one machine.
 *
 * <p>Uses {@code harness} to run the mesh and the peers, and h2load as the client. The proxy under test has CPU 0 for
 * itself; client and backends share CPU 1. Rounds are interleaved, since a machine's speed drifts, and ratios are
 * formed within a round. Start reading at {@link io.signalbox.loadtest.bench.BenchMain}.
 */
@NullMarked
package io.signalbox.loadtest.bench;

import org.jspecify.annotations.NullMarked;
