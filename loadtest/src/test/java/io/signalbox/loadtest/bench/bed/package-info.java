/** Tests of what the benchmark reads and writes. */
@NullMarked
package io.signalbox.loadtest.bench.bed;

import org.jspecify.annotations.NullMarked;
