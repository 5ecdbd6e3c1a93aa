/**
 * Runs the real config service and the real agent as processes, with a registry and backends, for the demo, the tests
 * and the benchmarks.
 *
 * <p>Imports {@code backend}; must not import the code of either program. Everything started here is closed by its
 * owner, and by a shutdown hook if the owner cannot. Start reading at {@link io.signalbox.loadtest.harness.Mesh}.
 */
@NullMarked
package io.signalbox.loadtest.harness;

import org.jspecify.annotations.NullMarked;
