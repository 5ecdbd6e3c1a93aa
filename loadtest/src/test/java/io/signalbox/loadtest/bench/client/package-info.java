/** Tests of what the benchmark reads and writes. */
@NullMarked
package io.signalbox.loadtest.bench.client;

import org.jspecify.annotations.NullMarked;
