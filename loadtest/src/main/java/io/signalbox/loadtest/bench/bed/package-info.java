/**
 * What is measured: the agent and its peers side by side in front of the same backends.
 *
 * <p>Peers are configured by the templates beside this package's resources. Start reading at
 * {@link io.signalbox.loadtest.bench.bed.TestBed}.
 */
@NullMarked
package io.signalbox.loadtest.bench.bed;

import org.jspecify.annotations.NullMarked;
